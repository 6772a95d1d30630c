# SONDE_TRY_CFLAGS(VARIABLE, FLAGS): appends to VARIABLE those of FLAGS that the compiler knows, and substitutes it.
AC_DEFUN([SONDE_TRY_CFLAGS], [
AC_SUBST([$1])
for sonde_flag in m4_normalize([$2]); do
    SONDE_IF_CFLAGS([$sonde_flag], [$1="$$1 $sonde_flag"])
done])

# SONDE_TRY_LDFLAGS(VARIABLE, FLAG): appends FLAG to VARIABLE where a program linked with it runs, and substitutes it.
AC_DEFUN([SONDE_TRY_LDFLAGS], [
AC_SUBST([$1])
AC_MSG_CHECKING([whether programs linked with $2 run])
sonde_ldflags=$LDFLAGS
LDFLAGS="$LDFLAGS $2"
AC_RUN_IFELSE([AC_LANG_SOURCE([[static int x; static int *volatile at = &x; int main(void) { return at != &x; }]])],
    [sonde_runs=yes], [sonde_runs=no], [sonde_runs='not known'])
LDFLAGS=$sonde_ldflags
AC_MSG_RESULT([$sonde_runs])
AS_IF([test "x$sonde_runs" = xyes], [$1="$$1 $2"])])

# SONDE_REQUIRE_CFLAGS(VARIABLE, FLAGS): appends FLAGS to VARIABLE, and substitutes it; stops without them.
AC_DEFUN([SONDE_REQUIRE_CFLAGS], [
AC_SUBST([$1])
SONDE_IF_CFLAGS([$2], [$1="$$1 $2"], [AC_MSG_ERROR([$CC cannot build with $2])])])

# SONDE_IF_CFLAGS(FLAGS, IF-KNOWN, IF-NOT): whether the compiler and the linker take FLAGS without a word.
AC_DEFUN([SONDE_IF_CFLAGS], [
AC_MSG_CHECKING([whether $CC takes $1])
sonde_cflags=$CFLAGS
CFLAGS="$CFLAGS -Werror $1"
AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])], [sonde_taken=yes], [sonde_taken=no])
CFLAGS=$sonde_cflags
AC_MSG_RESULT([$sonde_taken])
AS_IF([test $sonde_taken = yes], [$2], [$3])])

# SONDE_GENERATOR(VARIABLE, PROGRAM, VERSION, OUTPUT): finds PROGRAM in VERSION or later. A release holds OUTPUT and
# builds without the program.
AC_DEFUN([SONDE_GENERATOR], [
AC_CHECK_PROGS([$1], [$2])
AS_IF([test -n "$$1"], [
    sonde_version=`$$1 --version | sed -n '1s/.* \([[0-9]][[0-9.]]*\).*/\1/p'`
    AS_VERSION_COMPARE([$sonde_version], [$3], [$1=])])
AS_IF([test -z "$$1" && test ! -f "$srcdir/$4"], [AC_MSG_ERROR([$2 $3 or later is needed])])
AS_IF([test -z "$$1"], [$1='$(MISSING) $2'])])

# SONDE_OPTIONAL_LIB(NAME, MACRO, MODULE): adds --with-NAME, defines HAVE_MACRO where the pkg-config module is found,
# appends to LIBRARY_CFLAGS and LIBRARY_LIBS and sets have_NAME. Sets soname_NAME to what the shared library is called
# and, where there is none, sonde_late to no.
# SONDE_OPTIONAL_LIB(NAME, MACRO, , HEADER, FUNCTION, LIBRARY): the same for a library pkg-config does not know.
AC_DEFUN([SONDE_OPTIONAL_LIB], [
AC_SUBST([LIBRARY_CFLAGS])
AC_SUBST([LIBRARY_LIBS])
AC_ARG_WITH([$1], [AS_HELP_STRING([--without-$1], [do without $1])], [], [with_$1=check])
have_$1=no
AS_IF([test "x$with_$1" != xno], [
    m4_ifnblank([$3],
        [PKG_CHECK_MODULES([$2], [$3], [have_$1=yes], [have_$1=no])],
        [AC_CHECK_HEADER([$4], [AC_CHECK_LIB([$6], [$5], [have_$1=yes; $2_LIBS=-l$6])])])
    AS_IF([test "x$have_$1" = xno && test "x$with_$1" != xcheck], [AC_MSG_ERROR([$1 is not found])])])
AS_IF([test "x$have_$1" = xyes], [
    AC_DEFINE([HAVE_$2], [1], [Define to 1 where $1 is there.])
    LIBRARY_CFLAGS="$LIBRARY_CFLAGS $$2_CFLAGS"
    LIBRARY_LIBS="$LIBRARY_LIBS $$2_LIBS"
    SONDE_SONAME([soname_$1], [$$2_LIBS])
    AS_IF([test -z "$soname_$1"], [sonde_late=no])])])

# SONDE_SONAME(VARIABLE, LIBS): the first library that a program needs with LIBS and not without; empty: there is none, or
# no objdump tells.
AC_DEFUN([SONDE_SONAME], [
AC_MSG_CHECKING([what $2 loads])
$1=
sonde_needed=
sonde_libs=$LIBS
for sonde_with in "" "-Wl,--no-as-needed $2"; do
    LIBS="$sonde_libs $sonde_with"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])], [
        for sonde_name in `${OBJDUMP-objdump} -p conftest$ac_exeext 2>&AS_MESSAGE_LOG_FD | sed -n 's/^ *NEEDED *//p'`; do
            AS_CASE([" $sonde_needed "],
                [*" $sonde_name "*], [],
                [sonde_needed="$sonde_needed $sonde_name"
                 AS_IF([test -n "$sonde_with" && test -z "$$1"], [$1=$sonde_name])])
        done])
done
LIBS=$sonde_libs
AC_MSG_RESULT([${$1:-nothing}])])

# SONDE_LIBRARY(NAME, MACRO): defines LIBRARY_MACRO, for src/base/library.def.
AC_DEFUN([SONDE_LIBRARY], [
AS_CASE([$have_$1/$sonde_late],
    [no/*], [sonde_library=NULL],
    [yes/yes], [sonde_library="\"$soname_$1\""],
    [sonde_library='""'])
AC_DEFINE_UNQUOTED([LIBRARY_$2], [$sonde_library], [The shared library of $1; "" where it is linked, NULL where it is not there.])])

# SONDE_IF_EXPORTS(IF-KNOWN): whether the linker takes a list of what a shared library exports.
AC_DEFUN([SONDE_IF_EXPORTS], [
AC_MSG_CHECKING([whether $CC takes a version script])
sonde_ldflags=$LDFLAGS
echo 'SONDE { global: sonde_x; local: *; };' >conftest.map
LDFLAGS="$LDFLAGS -shared -fPIC -Wl,--version-script=conftest.map"
AC_LINK_IFELSE([AC_LANG_SOURCE([int sonde_x(void); int sonde_x(void) { return 0; }])], [sonde_taken=yes], [sonde_taken=no])
LDFLAGS=$sonde_ldflags
rm -f conftest.map
AC_MSG_RESULT([$sonde_taken])
AS_IF([test $sonde_taken = yes], [$1])])
