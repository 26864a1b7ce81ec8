// Package glfwctx makes an OpenGL context through a hidden window: the way on Windows, and
// on Linux (tag glfw) the second one, for machines whose EGL gives none but whose display does.
package glfwctx
