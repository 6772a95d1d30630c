#include "config.h"

#include <string.h>

#include "base/crc.h"
#include "schema_run.h"

/* Checksums and digests. Expected values are the published ones of the catalogue of CRC algorithms (crc.def), of RFC 1071,
 * RFC 1321, FIPS 180-4 and xxHash's documents, those of Wikipedia's article on Fletcher's checksum, and for other bytes what
 * Python's zlib, hashlib and struct work out. */

struct summing {
    const char *schema;
    const char *hex;
    const char *wanted; /* see schema_run.h */
};

static const struct summing summings[] = {
    {"struct t { byte b[] ; let x = adler32(b); }", "", "{b=<> x=1}"},
    {"struct t { byte b[] ; let x = crc32(b); }", "", "{b=<> x=0}"},
    {"struct t { byte b[] ; let x = adler32(b); }", "313233343536373839",
     "{b=<313233343536373839> x=152961502}"},
    {"struct t { byte b[] ; let x = crc32(b); }", "313233343536373839",
     "{b=<313233343536373839> x=3421780262}"},
    {"struct t { byte b[] ; let x = adler32(b); }",
     "00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e252c"
     "343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a525960"
     "686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e868d94"
     "9ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2bac1c8"
     "d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6eef5fc"
     "040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a222930"
     "383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e565d64"
     "6c737a828990",
     "{b=<00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e"
     "252c343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a52"
     "5960686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e86"
     "8d949ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2ba"
     "c1c8d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6ee"
     "f5fc040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a22"
     "2930383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e56"
     "5d646c737a828990> x=1414762593}"},
    {"struct t { byte b[] ; let x = crc32(b); }",
     "00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e252c"
     "343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a525960"
     "686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e868d94"
     "9ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2bac1c8"
     "d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6eef5fc"
     "040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a222930"
     "383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e565d64"
     "6c737a828990",
     "{b=<00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e"
     "252c343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a52"
     "5960686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e86"
     "8d949ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2ba"
     "c1c8d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6ee"
     "f5fc040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a22"
     "2930383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e56"
     "5d646c737a828990> x=190798690}"},
    {"struct t { byte b[] ; let x = fletcher16(b); }", "6162636465", "{b=<6162636465> x=51440}"},
    {"struct t { byte b[] ; let x = fletcher32(b); }", "6162636465",
     "{b=<6162636465> x=4031760169}"},
    {"struct t { byte b[] ; let x = fletcher64(b); }", "6162636465",
     "{b=<6162636465> x=14467467625952928454}"},
    {"struct t { byte b[] ; let x = fletcher16(b); }", "616263646566", "{b=<616263646566> x=8279}"},
    {"struct t { byte b[] ; let x = fletcher32(b); }", "616263646566",
     "{b=<616263646566> x=1448095018}"},
    {"struct t { byte b[] ; let x = fletcher64(b); }", "616263646566",
     "{b=<616263646566> x=14467579776138987718}"},
    {"struct t { byte b[] ; let x = fletcher16(b); }", "6162636465666768",
     "{b=<6162636465666768> x=1575}"},
    {"struct t { byte b[] ; let x = fletcher32(b); }", "6162636465666768",
     "{b=<6162636465666768> x=3957429649}"},
    {"struct t { byte b[] ; let x = fletcher64(b); }", "6162636465666768",
     "{b=<6162636465666768> x=3543817411021686982}"},
    {"struct t { byte b[] ; let x = inetsum(b); }", "0001f203f4f5f6f7",
     "{b=<0001f203f4f5f6f7> x=8717}"},
    {"struct t { byte b[] ; let x = inetsum(b); }", "4500003c1c4640004006b1e6ac100a63ac100a0c",
     "{b=<4500003c1c4640004006b1e6ac100a63ac100a0c> x=0}"},
    {"struct t { byte b[] ; let x = inetsum(b); }", "4500003c1c46400040060000ac100a63ac100a0c",
     "{b=<4500003c1c46400040060000ac100a63ac100a0c> x=45542}"},
    {"struct t { byte b[] ; let x = inetsum(b); }", "01", "{b=<01> x=65279}"},
    {"struct t { byte b[] ; let x = bytesum(b); }", "313233343536373839",
     "{b=<313233343536373839> x=477}"},
    {"struct t { byte b[] ; let x = bytesum(b); }",
     "00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e252c"
     "343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a525960"
     "686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e868d94"
     "9ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2bac1c8"
     "d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6eef5fc"
     "040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a222930"
     "383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e565d64"
     "6c737a828990",
     "{b=<00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e"
     "252c343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a52"
     "5960686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e86"
     "8d949ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2ba"
     "c1c8d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6ee"
     "f5fc040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a22"
     "2930383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e56"
     "5d646c737a828990> x=36960}"},
    {"struct t { byte b[] ; let x = sum16le(b); }", "313233343536373839",
     "{b=<313233343536373839> x=54537}"},
    {"struct t { byte b[] ; let x = sum16le(b); }",
     "00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e252c"
     "343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a525960"
     "686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e868d94"
     "9ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2bac1c8"
     "d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6eef5fc"
     "040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a222930"
     "383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e565d64"
     "6c737a828990",
     "{b=<00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e"
     "252c343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a52"
     "5960686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e86"
     "8d949ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2ba"
     "c1c8d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6ee"
     "f5fc040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a22"
     "2930383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e56"
     "5d646c737a828990> x=4759050}"},
    {"struct t { byte b[] ; let x = sum16be(b); }", "313233343536373839",
     "{b=<313233343536373839> x=68052}"},
    {"struct t { byte b[] ; let x = sum16be(b); }",
     "00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e252c"
     "343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a525960"
     "686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e868d94"
     "9ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2bac1c8"
     "d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6eef5fc"
     "040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a222930"
     "383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e565d64"
     "6c737a828990",
     "{b=<00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e"
     "252c343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a52"
     "5960686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e86"
     "8d949ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2ba"
     "c1c8d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6ee"
     "f5fc040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a22"
     "2930383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e56"
     "5d646c737a828990> x=4739670}"},
    {"struct t { byte b[] ; let x = sum32le(b); }", "313233343536373839",
     "{b=<313233343536373839> x=1818912927}"},
    {"struct t { byte b[] ; let x = sum32le(b); }",
     "00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e252c"
     "343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a525960"
     "686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e868d94"
     "9ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2bac1c8"
     "d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6eef5fc"
     "040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a222930"
     "383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e565d64"
     "6c737a828990",
     "{b=<00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e"
     "252c343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a52"
     "5960686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e86"
     "8d949ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2ba"
     "c1c8d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6ee"
     "f5fc040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a22"
     "2930383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e56"
     "5d646c737a828990> x=156586944735}"},
    {"struct t { byte b[] ; let x = sum32be(b); }", "313233343536373839",
     "{b=<313233343536373839> x=2674420332}"},
    {"struct t { byte b[] ; let x = sum32be(b); }",
     "00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e252c"
     "343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a525960"
     "686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e868d94"
     "9ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2bac1c8"
     "d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6eef5fc"
     "040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a222930"
     "383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e565d64"
     "6c737a828990",
     "{b=<00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e"
     "252c343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a52"
     "5960686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e86"
     "8d949ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2ba"
     "c1c8d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6ee"
     "f5fc040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a22"
     "2930383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e56"
     "5d646c737a828990> x=154671861585}"},
    {"struct t { byte b[] ; let x = xorsum(b); }",
     "00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e252c"
     "343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a525960"
     "686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e868d94"
     "9ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2bac1c8"
     "d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6eef5fc"
     "040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a222930"
     "383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e565d64"
     "6c737a828990",
     "{b=<00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e"
     "252c343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a52"
     "5960686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e86"
     "8d949ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2ba"
     "c1c8d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6ee"
     "f5fc040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a22"
     "2930383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e56"
     "5d646c737a828990> x=24}"},
    {"struct t { byte b[] ; let x = xorsum(b); }", "", "{b=<> x=0}"},
    {"struct t { byte b[] ; let x = md5(b); }", "", "{b=<> x=<d41d8cd98f00b204e9800998ecf8427e>}"},
    {"struct t { byte b[] ; let x = md5(b); }", "616263",
     "{b=<616263> x=<900150983cd24fb0d6963f7d28e17f72>}"},
    {"struct t { byte b[] ; let x = md5(b); }",
     "00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e252c"
     "343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a525960"
     "686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e868d94"
     "9ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2bac1c8"
     "d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6eef5fc"
     "040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a222930"
     "383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e565d64"
     "6c737a828990",
     "{b=<00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e"
     "252c343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a52"
     "5960686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e86"
     "8d949ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2ba"
     "c1c8d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6ee"
     "f5fc040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a22"
     "2930383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e56"
     "5d646c737a828990> x=<9642af4a2ae692eceaf1063eb2701a94>}"},
    {"struct t { byte b[] ; let x = sha1(b); }", "",
     "{b=<> x=<da39a3ee5e6b4b0d3255bfef95601890afd80709>}"},
    {"struct t { byte b[] ; let x = sha1(b); }", "616263",
     "{b=<616263> x=<a9993e364706816aba3e25717850c26c9cd0d89d>}"},
    {"struct t { byte b[] ; let x = sha1(b); }",
     "00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e252c"
     "343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a525960"
     "686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e868d94"
     "9ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2bac1c8"
     "d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6eef5fc"
     "040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a222930"
     "383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e565d64"
     "6c737a828990",
     "{b=<00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e"
     "252c343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a52"
     "5960686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e86"
     "8d949ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2ba"
     "c1c8d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6ee"
     "f5fc040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a22"
     "2930383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e56"
     "5d646c737a828990> x=<39958fc3d57fa9c492431efda40eea79f48b7ec8>}"},
    {"struct t { byte b[] ; let x = sha224(b); }", "",
     "{b=<> x=<d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f>}"},
    {"struct t { byte b[] ; let x = sha224(b); }", "616263",
     "{b=<616263> x=<23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7>}"},
    {"struct t { byte b[] ; let x = sha224(b); }",
     "00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e252c"
     "343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a525960"
     "686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e868d94"
     "9ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2bac1c8"
     "d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6eef5fc"
     "040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a222930"
     "383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e565d64"
     "6c737a828990",
     "{b=<00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e"
     "252c343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a52"
     "5960686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e86"
     "8d949ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2ba"
     "c1c8d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6ee"
     "f5fc040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a22"
     "2930383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e56"
     "5d646c737a828990> x=<4cf943a3d40dd4dadc47b292627b340570b4b060cf11d3bb4b54cbe8>}"},
    {"struct t { byte b[] ; let x = sha256(b); }", "",
     "{b=<> x=<e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855>}"},
    {"struct t { byte b[] ; let x = sha256(b); }", "616263",
     "{b=<616263> x=<ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad>}"},
    {"struct t { byte b[] ; let x = sha256(b); }",
     "00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e252c"
     "343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a525960"
     "686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e868d94"
     "9ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2bac1c8"
     "d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6eef5fc"
     "040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a222930"
     "383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e565d64"
     "6c737a828990",
     "{b=<00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e"
     "252c343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a52"
     "5960686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e86"
     "8d949ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2ba"
     "c1c8d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6ee"
     "f5fc040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a22"
     "2930383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e56"
     "5d646c737a828990> x=<ad6f672893436c39cd8b238846353b5dad9d2dff9a3ac2baf55292e00bf7d25"
     "2>}"},
    {"struct t { byte b[] ; let x = sha384(b); }", "",
     "{b=<> x=<38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76"
     "f65fbd51ad2f14898b95b>}"},
    {"struct t { byte b[] ; let x = sha384(b); }", "616263",
     "{b=<616263> x=<cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed80860"
     "72ba1e7cc2358baeca134c825a7>}"},
    {"struct t { byte b[] ; let x = sha384(b); }",
     "00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e252c"
     "343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a525960"
     "686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e868d94"
     "9ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2bac1c8"
     "d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6eef5fc"
     "040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a222930"
     "383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e565d64"
     "6c737a828990",
     "{b=<00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e"
     "252c343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a52"
     "5960686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e86"
     "8d949ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2ba"
     "c1c8d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6ee"
     "f5fc040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a22"
     "2930383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e56"
     "5d646c737a828990> x=<3acbaf27806c19a419c45905d8ceca7214544c8def6966e18e86163506a03db"
     "60f26ff130ed9bb46ae31e2e44aa18fd7>}"},
    {"struct t { byte b[] ; let x = sha512(b); }", "",
     "{b=<> x=<cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d8"
     "5f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e>}"},
    {"struct t { byte b[] ; let x = sha512(b); }", "616263",
     "{b=<616263> x=<ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a21929"
     "92a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f>}"},
    {"struct t { byte b[] ; let x = sha512(b); }",
     "00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e252c"
     "343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a525960"
     "686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e868d94"
     "9ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2bac1c8"
     "d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6eef5fc"
     "040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a222930"
     "383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e565d64"
     "6c737a828990",
     "{b=<00070e161d242c333a424950585f666e757c848b929aa1a8b0b7bec6cdd4dce3eaf2f900080f161e"
     "252c343b424a515860676e767d848c939aa2a9b0b8bfc6ced5dce4ebf2fa010810171e262d343c434a52"
     "5960686f767e858c949ba2aab1b8c0c7ced6dde4ecf3fa020910181f262e353c444b525a616870777e86"
     "8d949ca3aab2b9c0c8cfd6dee5ecf4fb020a111820272e363d444c535a626970787f868e959ca4abb2ba"
     "c1c8d0d7dee6edf4fc030a121920282f363e454c545b626a717880878e969da4acb3bac2c9d0d8dfe6ee"
     "f5fc040b121a212830373e464d545c636a727980888f969ea5acb4bbc2cad1d8e0e7eef6fd040c131a22"
     "2930383f464e555c646b727a818890979ea6adb4bcc3cad2d9e0e8eff6fe050c141b222a313840474e56"
     "5d646c737a828990> x=<f7cb4736899becd8a2b72785ab89895ea1a305214013d389380676688084600"
     "c6e46101443968611e823c8a4a9ab613177d48d18293db84e4116a2c292a91821>}"},
    {"struct t { byte b[] ; let x = xxh32(b); }", "", "{b=<> x=46947589}"},
    {"struct t { byte b[] ; let x = xxh64(b); }", "", "{b=<> x=17241709254077376921}"},
    {"struct t { byte b[] ; let x = xxh32(b); }", "616263", "{b=<616263> x=852579327}"},
    {"struct t { byte b[] ; let x = xxh64(b); }", "616263", "{b=<616263> x=4952883123889572249}"},
    {"struct t { byte b[] ; let x = xxh32(b); }",
     "4e6f626f647920696e73706563747320746865207370616d6d6973682072657065746974696f6e",
     "{b=<4e6f626f647920696e73706563747320746865207370616d6d6973682072657065746974696f6e> "
     "x=3794352943}"},
    {"struct t { byte b[] ; let x = xxh64(b); }",
     "4e6f626f647920696e73706563747320746865207370616d6d6973682072657065746974696f6e",
     "{b=<4e6f626f647920696e73706563747320746865207370616d6d6973682072657065746974696f6e> "
     "x=18144624926692707313}"},
    {"struct t { byte b[] ; let x = crc(3, 3, 0, false, 7, b); }", "313233343536373839",
     "{b=<313233343536373839> x=4}"},
    {"struct t { byte b[] ; let x = crc(4, 3, 0, true, 0, b); }", "313233343536373839",
     "{b=<313233343536373839> x=7}"},
    {"struct t { byte b[] ; let x = crc(5, 5, 31, true, 31, b); }", "313233343536373839",
     "{b=<313233343536373839> x=25}"},
    {"struct t { byte b[] ; let x = crc(7, 9, 0, b); }", "313233343536373839",
     "{b=<313233343536373839> x=117}"},
    {"struct t { byte b[] ; let x = crc(10, 0x233, 0, b); }", "313233343536373839",
     "{b=<313233343536373839> x=409}"},
    {"struct t { byte b[] ; let x = crc(11, 0x385, 0x1a, b); }", "313233343536373839",
     "{b=<313233343536373839> x=1443}"},
    {"struct t { byte b[] ; let x = crc(15, 0x4599, 0, b); }", "313233343536373839",
     "{b=<313233343536373839> x=1438}"},
    {"struct t { byte b[] ; let x = crc(16, 0x1021, 0xffff, b); }", "313233343536373839",
     "{b=<313233343536373839> x=10673}"},
    {"struct t { byte b[] ; let x = crc(32, 0x04c11db7, 0xffffffff, true, 0xffffffff, b); "
     "}",
     "313233343536373839", "{b=<313233343536373839> x=3421780262}"},
    {"struct t { byte b[] ; let x = crc(40, 0x0004820009, 0, false, 0xffffffffff, b); }",
     "313233343536373839", "{b=<313233343536373839> x=910907393606}"},
    {"struct t { byte b[] ; let x = crc32(b[0..2], b[3..8]); }", "313233343536373839",
     "{b=<313233343536373839> x=3421780262}"},
    {"endian big; struct p { uint16 a; char b[2]; } struct t { uint32 n; p x[2]; let c = c"
     "rc32(n, x); let m = md5(n, x[*].b); uint8 z; let s = sum16be(z, n); }",
     "010203040005414200064344ff",
     "{n=16909060 x[{a=5 b=\"AB\"} {a=6 b=\"CD\"}] c=346079604 m=<fccb1b9d7bceb246759561d744d0"
     "b166> z=255 s=66820}"},
    {"struct t { uint8 k; byte a[2] when k == 1; byte b[2]; let c = bytesum(b, a); let d ="
     " bytesum(b, bytes(a) ?? \"\"); }",
     "000305", "{k=0 b=<0305> d=8}"},
    {"struct t { byte d[3]; byte m[16] = md5(d); byte s[20] = sha1(d); }",
     "616263900150983cd24fb0d6963f7d28e17f72a9993e364706816aba3e25717850c26c9cd0d89d",
     "{d=<616263> m=<900150983cd24fb0d6963f7d28e17f72> s=<a9993e364706816aba3e25717850c26c"
     "9cd0d89d>}"},
    {"struct t { byte b[9]; bool r; uint32le q; let x = crc(32, q, 0xffffffff, r, 0xffffff"
     "ff, b); }",
     "31323334353637383901b71dc104", "{b=<313233343536373839> r=true q=79764919 x=3421780262}"},
    {"struct t { byte b[9]; let x = crc(65, 1, 0, b); }", "313233343536373839",
     "{b=<313233343536373839> !type(x)}"},
};

/* In what a field must be, its own bytes are zeros: the first page of an Ogg file of sox 14.4.2, the header of Wikipedia's
 * article on the Internet checksum, and others worked out in Python. */
static const struct summing own[] = {
    {"endian little; struct t { byte head[22]; uint32 crc = crc(32, 0x04c11db7, 0, t); byt"
     "e body[]; }",
     "4f676753000200000000000000008faaae1100000000547d09cb011e01766f726269730000000001401f"
     "00000000000080570000000000009901",
     "{head=<4f676753000200000000000000008faaae1100000000> crc=3406396756 body=<011e01766f"
     "726269730000000001401f00000000000080570000000000009901>}"},
    {"endian big; struct t { byte a[10]; uint16 sum = inetsum(t); byte b[8]; }",
     "45000073000040004011b861c0a80001c0a800c7",
     "{a=<45000073000040004011> sum=47201 b=<c0a80001c0a800c7>}"},
    {"endian big; struct t { byte a[10]; uint16 sum = inetsum(t); byte b[8]; }",
     "45000073000040004011b861c1a80001c0a800c7",
     "{a=<45000073000040004011> sum=47201 b=<c1a80001c0a800c7> ?sum(47201 (0xb861), wanted"
     " 46945 (0xb761))}"},
    {"endian big; struct t { bitorder msb; uint8 a : 3; uint8 x : 7 = xorsum(t) & 0x7f; ui"
     "nt8 b : 6; }",
     "a2aa", "{a=5 x=10 b=42}"},
    {"endian big; struct t { bitorder msb; uint8 a : 3; uint8 x : 7 = xorsum(t) & 0x7f; ui"
     "nt8 b : 6; }",
     "a2ea", "{a=5 x=11 b=42 ?x(11 (0xb), wanted 10 (0xa))}"},
    {"endian big; struct t { bitorder lsb; uint8 a : 3; uint8 x : 7 = xorsum(t) & 0x7f; ui"
     "nt8 b : 6; }",
     "6da9", "{a=5 x=45 b=42}"},
    {"endian big; struct t { bitorder lsb; uint8 a : 3; uint8 x : 7 = xorsum(t) & 0x7f; ui"
     "nt8 b : 6; }",
     "65a9", "{a=5 x=44 b=42 ?x(44 (0x2c), wanted 45 (0x2d))}"},
    {"endian big; let f(x) = crc32(x); struct t { byte d[2]; uint32 c = f(t); let e = crc3"
     "2(t); }",
     "0102005e2166", "{d=<0102> c=6168934 e=1311961938}"},
    {"endian big; struct t { byte d[2]; uint32 c = crc32(concat(\"x\", bytes(t), d)); }",
     "0102015234b9", "{d=<0102> c=22164665}"},
    {"endian big; struct h { byte d[2]; struct { uint8 v; uint32 c = crc32(t); } k; byte e"
     "[1]; } struct t { h h; uint8 z; }",
     "010207e2e4686e0506", "{h{d=<0102> k{v=7 c=3806619758} e=<05>} z=6}"},
    {"struct t { byte d[2]; byte m[16] = md5(t); byte e[1]; }",
     "61621672ea2fc48ff1a8c08c49503a5e288863",
     "{d=<6162> m=<1672ea2fc48ff1a8c08c49503a5e2888> e=<63>}"},
    {"endian big; struct t { uint16 sum = sum16be(t); uint8 b[2]; uint16 again = sum16be(t"
     "); }",
     "01020102ffff",
     "{sum=258 b[1 2] again=65535 ?sum(258 (0x102), wanted 65793 (0x10101)) ?again(65535 ("
     "0xffff), wanted 516 (0x204))}"},
};

static const char *sum_of(const char *schema, struct bytes data, struct schema_run *run) {
    if (schema_run_compile(run, schema) && schema_run_ask(run, NULL, false, NULL)) {
        schema_run_over(run, data);
    }
    return buf_text(&run->line);
}

static void check_all(const struct summing *table, size_t n) {
    for (size_t i = 0; i < n; i++) {
        struct schema_run run;
        uint8_t room[512];
        const char *got =
            sum_of(table[i].schema, schema_run_bytes(table[i].hex, room, sizeof room), &run);
        if (!schema_run_lacks(&run)) {
            CHECK_TEXT(got, table[i].wanted);
        }
        schema_run_free(&run);
    }
}

static void test_functions(void) {
    check_all(summings, sizeof summings / sizeof *summings);
}

static void test_own(void) {
    check_all(own, sizeof own / sizeof *own);
}

static const struct {
    const char *text;
    uint64_t check;
} published[CRC_COUNT] = {
#define CRC(name, text, width, poly, init, reflect, xorout, check, about) {#text, check},
#include "base/crc.def"
#undef CRC
};

static uint64_t crc_of(const struct crc_model *model, struct bytes data) {
    struct crc_table table;
    crc_table_make(&table, model);
    return crc_end(model, crc_update(&table, crc_begin(model), data));
}

static void test_published(void) {
    for (uint32_t i = 0; i < CRC_COUNT; i++) {
        uint64_t got = crc_of(crc_named((enum crc_name)i), bytes_text("123456789"));
        CHECK_INT(got, published[i].check);
        struct schema_run run;
        struct buf schema = {0}, wanted = {0};
        buf_printf(&schema, "struct t { byte b[9]; let x = %s(b); }", published[i].text);
        buf_printf(&wanted, "{b=<313233343536373839> x=%llu}",
                   (unsigned long long)published[i].check);
        CHECK_TEXT(sum_of(buf_text(&schema), bytes_text("123456789"), &run), buf_text(&wanted));
        buf_free(&schema);
        buf_free(&wanted);
        schema_run_free(&run);
    }
}

/* Bit by bit, as the model is defined. */
static uint64_t by_definition(const struct crc_model *m, struct bytes data) {
    uint64_t reg = m->init, mask = UINT64_MAX >> (64 - m->width), out = 0;
    for (size_t i = 0; i < data.len * 8; i++) {
        unsigned bit = m->reflect ? (unsigned)i % 8 : 7 - (unsigned)i % 8;
        uint64_t in = data.at[i / 8] >> bit & 1, top = reg >> (m->width - 1) & 1;
        reg = (reg << 1 & mask) ^ (in != top ? m->poly : 0);
    }
    for (unsigned i = 0; i < m->width; i++) {
        out |= (reg >> i & 1) << (m->reflect ? m->width - 1 - i : i);
    }
    return (out ^ m->xorout) & mask;
}

/* Every width, either way of taking bits, and lengths around those from which on many bytes are taken at once. */
static void test_widths(void) {
    uint8_t data[420];
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i * i + 3 * i);
    }
    for (unsigned width = 1; width <= 64; width++) {
        uint64_t mask = UINT64_MAX >> (64 - width);
        struct crc_model m = {.width = width,
                              .poly = (0x42f0e1eba9ea3693 >> (64 - width) | 1) & mask,
                              .init = 0x123456789abcdef1 & mask,
                              .xorout = 0xa5a5a5a5a5a5a5a5 & mask};
        for (size_t len = 0; len < sizeof data; len += len < 250 ? 7 : 33) {
            struct bytes bytes = bytes_of(data + len % 3, len - len % 3);
            m.reflect = !m.reflect;
            CHECK_INT(crc_of(&m, bytes), by_definition(&m, bytes));
            struct crc_table table;
            crc_table_make(&table, &m);
            table.folds = false;
            CHECK_INT(crc_end(&m, crc_update(&table, crc_begin(&m), bytes)),
                      by_definition(&m, bytes));
        }
    }
}

CHECK_MAIN("checksums", {"functions", test_functions}, {"of oneself", test_own},
           {"published CRCs", test_published}, {"widths", test_widths})
