# Reads typed JSON from standard input and writes what ksdump would of the same tree: Ruby's own libraries do it.
# usage: ruby ksdump.rb json|yaml|xml

require 'json'

def tree(value, at = '')
  case value
  when Array
    elements = value.reject { |item| item.is_a?(Hash) && item.key?('$error') }
    elements.each_with_index.map { |item, i| item.is_a?(Hash) && item['$ref'] || tree(item, "#{at}[#{i}]") }
  when Hash
    special(value, at) { members(value, at) }
  else
    value
  end
end

# What a reference of a member stands for; the path itself where that is around it.
def referred(path, at)
  return path if path == '$root' || at == path || at.start_with?("#{path}.", "#{path}[")

  tree(path.scan(/[^.\[\]]+/).reduce($document) { |node, step| node.is_a?(Array) ? node[step.to_i] : node[step] }, path)
end

def special(value, at)
  return value['$bytes'].scan(/../).join(' ').upcase if value.key?('$bytes')
  return "#{value['$type'].split('::').last}_#{value['$enum']}" if value.key?('$enum')
  return value['$flags'].reject { |name| name.start_with?('0x') } if value.key?('$flags')
  return { 'NaN' => Float::NAN, 'Infinity' => Float::INFINITY, '-Infinity' => -Float::INFINITY }[value['$float']] if value.key?('$float')
  return referred(value['$ref'], at) if value.key?('$ref')

  yield
end

def members(value, at)
  kept = value.reject do |name, item|
    name.start_with?('$') || (name.start_with?('_') && !name.start_with?('_unnamed')) ||
      (item.is_a?(Hash) && item.key?('$error'))
  end
  kept.sort_by { |name, _| name.b }.to_h { |name, item| [name, tree(item, at.empty? ? name : "#{at}.#{name}")] }
end

def finite(value) # the gem json refuses what is not
  case value
  when Array then value.map { |item| finite(item) }
  when Hash then value.transform_values { |item| finite(item) }
  when Float then value.finite? ? value : value.to_s
  else value
  end
end

$document = JSON.parse($stdin.read.force_encoding('UTF-8'), max_nesting: false)
hash = tree($document)
$stdout.binmode
case ARGV[0]
when 'json'
  puts JSON.pretty_generate(finite(hash), max_nesting: false)
when 'yaml'
  require 'yaml'
  puts hash.to_yaml.delete_prefix("---\n")
when 'xml'
  require 'active_support'
  require 'active_support/core_ext'
  puts hash.to_xml
end
