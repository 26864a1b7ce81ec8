package pickle

// The opcodes, named as in Python's pickle module.
const (
	opMark      = '('
	opStop      = '.'
	opPop       = '0'
	opPopMark   = '1'
	opDup       = '2'
	opInt       = 'I'
	opLong      = 'L'
	opBinInt    = 'J'
	opBinInt1   = 'K'
	opBinInt2   = 'M'
	opNone      = 'N'
	opReduce    = 'R'
	opBinFloat  = 'G'
	opAppend    = 'a'
	opBuild     = 'b'
	opGlobal    = 'c'
	opDict      = 'd'
	opEmptyDict = '}'
	opAppends   = 'e'
	opBinGet    = 'h'
	opInst      = 'i'
	opLongGet   = 'j'
	opList      = 'l'
	opEmptyList = ']'
	opBinPut    = 'q'
	opLongPut   = 'r'
	opSetItem   = 's'
	opSetItems  = 'u'
	opTuple     = 't'
	opEmptyTup  = ')'
	opBinPersID = 'Q'

	opBinString      = 'T' // Python 2's str
	opShortBinString = 'U'
	opBinUnicode     = 'X'

	// Protocol 2.
	opProto    = 0x80
	opNewObj   = 0x81
	opTuple1   = 0x85
	opTuple2   = 0x86
	opTuple3   = 0x87
	opNewTrue  = 0x88
	opNewFalse = 0x89
	opLong1    = 0x8a
	opLong4    = 0x8b

	// Protocol 3.
	opBinBytes      = 'B'
	opShortBinBytes = 'C'

	// Protocol 4.
	opShortBinUnicode = 0x8c
	opBinUnicode8     = 0x8d
	opBinBytes8       = 0x8e
	opEmptySet        = 0x8f
	opAddItems        = 0x90
	opFrozenSet       = 0x91
	opStackGlobal     = 0x93
	opMemoize         = 0x94
	opFrame           = 0x95

	// Protocol 5.
	opByteArray8 = 0x96
)
