# Reads typed JSON from standard input and writes what ksdump would of the same tree: Ruby's own libraries do it.
# usage: ruby ksdump.rb json|yaml|xml

require 'json'

def tree(value)
  case value
  when Array
    value.reject { |item| item.is_a?(Hash) && item.key?('$error') }.map { |item| tree(item) }
  when Hash
    special(value) { members(value) }
  else
    value
  end
end

def special(value)
  return value['$bytes'].scan(/../).join(' ').upcase if value.key?('$bytes')
  return "#{value['$type'].split('::').last}_#{value['$enum']}" if value.key?('$enum')
  return value['$flags'].reject { |name| name.start_with?('0x') } if value.key?('$flags')
  return { 'NaN' => Float::NAN, 'Infinity' => Float::INFINITY, '-Infinity' => -Float::INFINITY }[value['$float']] if value.key?('$float')
  return value['$ref'] if value.key?('$ref')

  yield
end

def members(value)
  kept = value.reject do |name, item|
    name.start_with?('$') || (name.start_with?('_') && !name.start_with?('_unnamed')) ||
      (item.is_a?(Hash) && item.key?('$error'))
  end
  kept.sort_by { |name, _| name.b }.to_h { |name, item| [name, tree(item)] }
end

def finite(value) # the gem json refuses what is not
  case value
  when Array then value.map { |item| finite(item) }
  when Hash then value.transform_values { |item| finite(item) }
  when Float then value.finite? ? value : value.to_s
  else value
  end
end

hash = tree(JSON.parse($stdin.read.force_encoding('UTF-8'), max_nesting: false))
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
