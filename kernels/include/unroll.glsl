// UNROLL before a loop asks the compiler to write the loop out, where it knows the word: sums that
// stay in registers need indices that are constants. Compilers that do not know it unroll short
// loops with constant bounds anyway. Must stand before anything that is not a directive.
#extension GL_EXT_control_flow_attributes : enable
#ifdef GL_EXT_control_flow_attributes
#define UNROLL [[unroll]]
#else
#define UNROLL
#endif
