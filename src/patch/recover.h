/* Recover: takes back what an interrupted change left half done. */
#ifndef PATCH_RECOVER_H
#define PATCH_RECOVER_H

#include "patch/target.h"

struct patch_recovered {
    bool was_half;       /* there was a journal that the file needed */
    bool was_unfinished; /* there was a journal or a new file that was not finished */
};

/* Recovers the file at path, which must be no one's at the moment. False: *problem. */
bool patch_recover(const char *path, enum patch_left_act act, const struct sys *sys,
                   struct patch_recovered *recovered, struct patch_problem *problem);

#endif
