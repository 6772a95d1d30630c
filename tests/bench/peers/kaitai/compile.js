// compile.js PACKAGE: compiles a specification, given as JSON on standard input, with the npm package kaitai-struct-compiler, whose
// folder is PACKAGE; prints an object of the C++ files that it makes.
const compiler = require(require("path").resolve(process.argv[2]));
const specification = JSON.parse(require("fs").readFileSync(0));
compiler.compile("cpp_stl", specification, null, false).then(
    (files) => console.log(JSON.stringify(files)),
    (error) => {
        console.error(String(error.message || error));
        process.exit(1);
    });
