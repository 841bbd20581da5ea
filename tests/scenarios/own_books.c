/* The own books of the core's tests, compiled into this suite too. */
#include "tests/core/books.c"
