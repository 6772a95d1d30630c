/* A program that says for itself what happens when memory is exhausted; run by tests/lib/run. */
#include <stdlib.h>
#include <string.h>
#include <sonde.h>
#include <sys/resource.h>
#include <unistd.h>

void sonde_memory_exhausted(void) {
    _exit(42);
}

/* Compiles a schema that takes more memory than there is. */
int main(void) {
    enum { ENUMERATORS = 400000 };
    static char text[ENUMERATORS * 16 + 64];
    struct rlimit limit = {64 << 20, 64 << 20};
    char *at = text + strlen(strcpy(text, "enum big : uint32 {"));
    for (int i = 0; i < ENUMERATORS; i++) {
        at = stpcpy(at, " a");
        for (int bit = 0; bit < 19; bit += 2) {
            *at++ = "abcd"[i >> bit & 3];
        }
        at = stpcpy(at, "=1,");
    }
    strcpy(at, " z=1 }");
    if (setrlimit(RLIMIT_AS, &limit) != 0) {
        return 1;
    }
    struct sonde_schema *schema = sonde_schema_compile(NULL, "big.sonde", text, strlen(text), NULL);
    return schema ? 2 : 3;
}
