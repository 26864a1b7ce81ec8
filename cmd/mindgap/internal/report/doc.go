// Package report turns results into files that people and other programs read: JSON, tidy
// CSV, figures as SVG, PNG and Vega-Lite, and one HTML page that opens offline. It knows
// no experiment: it draws what a Result says.
package report
