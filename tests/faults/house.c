/* The folders and processes of the store's tests serve here too. */
#include "tests/store/house.c"
