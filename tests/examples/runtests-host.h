// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Comes before expat's runtests.c when expat is in a box. XML_GetUserData() is a macro that reads
 * the parser, where the box has the number that stands for the host's pointer.
 */
#include <expat.h>

#undef XML_GetUserData
#define XML_GetUserData(parser) user_data_of(parser)
void *user_data_of(XML_Parser parser);
