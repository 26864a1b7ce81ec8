// NaN by its bits: compilers may assume that comparisons of floats never see one.
bool is_nan(float x) { return (floatBitsToUint(x) & 0x7FFFFFFFu) > 0x7F800000u; }
