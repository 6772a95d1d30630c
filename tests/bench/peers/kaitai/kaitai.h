// What the programs here share: the text of hand-written C, so that only the decoder differs, and the two ways to go
// through elements.
//
//   tree  as Kaitai documents it: the root object, which holds all elements
//   loop  one element at a time, by its class alone: less memory, as fast as it gets
#ifndef BENCH_KAITAI_H
#define BENCH_KAITAI_H

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

#include "kaitai/kaitaistream.h"
#include "kaitai/kaitaistruct.h"

extern "C" {
#include "base/numtext.h"
}

#include "out.h"
#include "text.h"

enum { LINE_MAX_LEN = 1024 };

static struct out out;

static inline char *put_string(char *at, const std::string &text) {
    return text_string(at, reinterpret_cast<const uint8_t *>(text.data()), text.size());
}

/* The name of a number as JSON, or the number where it has none. */
template <size_t N> char *put_name(char *at, const char *const (&names)[N], uint32_t number) {
    return number < N && names[number] ? put_string(at, names[number]) : text_u32(at, number);
}

/* Calls a function with each of the elements of a file: list(root) are those of the tree, skip is the class of what
 * lies in front of them in a loop. */
struct nothing {
    explicit nothing(kaitai::kstream *) {
    }
};

template <class Root, class Element, class Skip = nothing, class List, class Function>
void for_each(const std::string &mode, const char *path, List list, Function function) {
    std::ifstream file(path, std::ifstream::binary);
    kaitai::kstream stream(&file);
    if (mode == "tree") {
        Root root(&stream);
        for (Element *element : *list(root)) {
            function(*element);
        }
    } else {
        Skip skip(&stream);
        while (!stream.is_eof()) {
            Element element(&stream);
            function(element);
        }
    }
}

#endif
