// Kernels that go along a row several times: whose row it is, and which elements of it.
//
//   row_begins   sets row, and lane within it; is false beyond the last row
//   EACH(n) ..   for every i < n (in T) that is this lane's; with HOLD, h numbers them
//   row_mean     of all lanes' sums, over so many elements
//
// Buffers are those of include/words.glsl. LANES 1: an invocation has a row of its own. Else a
// group has one, and its lanes take neighbouring elements in turn. HOLD: a lane has at most so
// many, and may keep them in an array of HOLD, which unrolled loops make registers. RUN: lanes
// take so many in a step, and rows are of whole steps.
#ifndef LANES
#define LANES 1
#endif
#include "words.glsl"
#include "fold.glsl"

uint row, lane;

#if LANES > 1
layout(local_size_x = LANES) in;
bool row_begins(int rows) {
    row = group_id();
    lane = gl_LocalInvocationIndex;
    return true;
}
#else
layout(local_size_x = 16) in;
bool row_begins(int rows) {
    row = invocation_id();
    lane = 0u;
    return row < uint(rows);
}
#endif

#ifdef HOLD
#define EACH(n) for (uint h = 0u, i = lane; h < HOLD; h++, i += LANES) if (i < n)
#elif defined(RUN)
#define EACH(n) for (uint h = lane; h < n; h += uint(LANES * RUN)) for (uint i = h, k = 0u; k < uint(RUN); k++, i += LANES)
#else
#define EACH(n) for (uint i = lane; i < n; i += LANES)
#endif

// Lanes divide before they meet: one driver (llvmpipe over LLVM 15) loses what invocations
// compute from a parameter after a barrier when they use it again after the next.
float row_mean(T s, int count) { return fold_sum(sum_of(s) / float(count)); }
