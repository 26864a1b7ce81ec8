// Subgroups: the invocations of a group that a GPU runs side by side, which can add up, or take a
// maximum, without shared memory. Must stand before anything that is not a directive.
//
//   SUBGROUPS, SUBGROUP_ID    how many a group of LANES has, and which one this invocation is in
//   subgroup_first()          true in one invocation of each
//   subgroup_sum(float)       of all its invocations, in each of them; so is
//   subgroup_max(uint)        the maximum
//
// SUBGROUP 0: those of GL_KHR_shader_subgroup, of any size. SUBGROUP n: n neighbours that do the same
// by way of shared memory, so that what is built upon it is tested where there are none. All of the
// group must call the functions. Without SUBGROUP nothing is here.
#ifdef SUBGROUP
#if SUBGROUP == 0
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#define SUBGROUPS gl_NumSubgroups
#define SUBGROUP_ID gl_SubgroupID
#define subgroup_first() subgroupElect()
#define subgroup_sum(v) subgroupAdd(v)
#define subgroup_max(v) subgroupMax(v)
#else
#define SUBGROUPS ((LANES + SUBGROUP - 1u) / SUBGROUP)
#define SUBGROUP_ID (gl_LocalInvocationIndex / SUBGROUP)
#define subgroup_first() (gl_LocalInvocationIndex % SUBGROUP == 0u)

shared uint subgroup_part[LANES];

#define ACROSS(TYPE, NAME, TO, FROM, OF)                                            \
    TYPE NAME(TYPE v) {                                                             \
        uint first = SUBGROUP_ID * SUBGROUP;                                        \
        barrier();                                                                  \
        subgroup_part[gl_LocalInvocationIndex] = TO(v);                             \
        barrier();                                                                  \
        TYPE all = FROM(subgroup_part[first]);                                      \
        for (uint i = first + 1u; i < min(first + SUBGROUP, uint(LANES)); i++) {    \
            TYPE w = FROM(subgroup_part[i]);                                        \
            all = OF;                                                               \
        }                                                                           \
        return all;                                                                 \
    }
ACROSS(float, subgroup_sum, floatBitsToUint, uintBitsToFloat, all + w)
ACROSS(uint, subgroup_max, uint, uint, max(all, w))
#endif
#endif
