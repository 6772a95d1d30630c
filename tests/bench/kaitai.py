"""Kaitai Struct's C++, where its compiler and its runtime are given by path: the specifications of peers/kaitai, compiled."""

import json
import pathlib
import subprocess
import tempfile

import programs

HERE = pathlib.Path(__file__).resolve().parent / "peers/kaitai"
COMPILER = ["g++", "-std=c++17", "-O2"]
# as Kaitai documents it for Linux, and without its conversion of text, which costs more than the rest
ENCODINGS = {"": "ICONV", "-plain": "NONE"}


def compile_specification(compiler, name, folder):
    """Writes the C++ of a specification. The compiler is the program, or the folder of the npm package, which node runs."""
    source = HERE / f"{name}.ksy"
    if not pathlib.Path(compiler).is_dir():
        subprocess.run([compiler, "-t", "cpp_stl", "-d", folder, source], stdout=subprocess.DEVNULL, check=True)
        return
    import yaml
    done = subprocess.run(["node", HERE / "compile.js", compiler], input=json.dumps(yaml.safe_load(source.read_text())).encode(),
                          stdout=subprocess.PIPE, check=True)
    for file, text in json.loads(done.stdout).items():
        (folder / file).write_text(text)


def compile_all(compiler, runtime, target):
    """Makes the programs kaitai-NAME and kaitai-NAME-plain in a folder."""
    runtime = pathlib.Path(runtime).resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for source in programs.NUMBERS:
            subprocess.run([*programs.COMPILER, f"-I{target}", f"-I{programs.SOURCE}", "-c", source, "-o",
                            folder / f"{source.stem}.o"], check=True)
        objects = [folder / f"{source.stem}.o" for source in programs.NUMBERS]
        for source in sorted(HERE.glob("*.cpp")):
            compile_specification(compiler, source.stem, folder)
            for suffix, encoding in ENCODINGS.items():
                subprocess.run([*COMPILER, f"-DKS_STR_ENCODING_{encoding}", f"-I{folder}", f"-I{runtime}", f"-I{target}",
                                f"-I{programs.SOURCE}", f"-I{HERE.parent.parent / 'c'}",
                                "-o", target / f"kaitai-{source.stem}{suffix}",
                                source, folder / f"bench_{source.stem}.cpp", runtime / "kaitai/kaitaistream.cpp", *objects],
                               check=True)
