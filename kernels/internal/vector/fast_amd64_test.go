package vector

func withoutAssembly(f func()) {
	fast = false
	defer func() { fast = true }()
	f()
}
