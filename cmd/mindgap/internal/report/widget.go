package report

import "html/template"

// Widget is a part of the page that the reader can play with. Script is the body of a
// function of root, the widget's element, in which HTML stands, and result, the
// experiment's result as in result.json; it takes its colours from the page's variables,
// fetches nothing, and works without a mouse.
type Widget struct {
	Title, Caption string
	HTML, Script   string
}

// Markup is what stands in the page.
func (w *Widget) Markup() template.HTML { return template.HTML(w.HTML) }

// Code is the body of the function.
func (w *Widget) Code() template.JS { return template.JS(w.Script) }
