/* The fake shell of the core's tests, compiled into this suite too. */
#include "tests/core/house.c"
