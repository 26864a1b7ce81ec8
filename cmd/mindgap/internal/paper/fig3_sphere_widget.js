"use strict";
const $ = (s) => root.querySelector(s);
const rad = Math.PI / 180, most = 100;

// What is shown: logit scale, angle of the texts, arrangement; and the eye.
let scale = 100, shift = -78, swapped = true, spacing = 20, azimuth = 30, elevation = 20;

const phi = (i) => (i - 1) * spacing * rad;
const psi = (i) => phi(i < 2 && swapped ? 1 - i : i);

// The symmetric contrastive loss of the six pairs: the logits are c cos(phi_i - psi_j), with
// c = scale cos(angle).
function loss(s, degrees) {
  const c = s * Math.cos(degrees * rad);
  const logSumExp = (v) => { const m = Math.max(...v); return m + Math.log(v.reduce((t, x) => t + Math.exp(x - m), 0)); };
  let sum = 0;
  for (let i = 0; i < 6; i++) {
    const row = [], col = [];
    for (let j = 0; j < 6; j++) { row.push(c * Math.cos(phi(i) - psi(j))); col.push(c * Math.cos(phi(j) - psi(i))); }
    sum += (logSumExp(row) + logSumExp(col)) / 2 - row[i];
  }
  return sum / 6;
}

function gap(degrees) {
  let x = 0, y = 0;
  for (let i = 0; i < 6; i++) { x += Math.cos(phi(i)) / 6; y += Math.sin(phi(i)) / 6; }
  const d = degrees * rad;
  return Math.sqrt((x * x + y * y) * (1 - Math.cos(d)) ** 2 + Math.sin(d) ** 2);
}

// The angle of the lowest loss, by golden section: with swapped pairs the loss has one
// valley between 0 and 90 degrees.
function valley() {
  const g = (Math.sqrt(5) - 1) / 2;
  let a = 0, b = 90;
  for (let k = 0; k < 60; k++) {
    const u = b - g * (b - a), v = a + g * (b - a);
    if (loss(scale, u) <= loss(scale, v)) b = v; else a = u;
  }
  return a < 0.01 ? 0 : (a + b) / 2;
}

// Colours are the page's, so that the view follows light and dark.
function colours() {
  const style = getComputedStyle(document.documentElement);
  const get = (name, other) => style.getPropertyValue(name).trim() || other;
  return {
    ink: get("--ink", "#1c2126"), soft: get("--soft", "#59636e"), grid: get("--grid", "#dfe3e7"), rule: get("--rule", "#d7dce1"),
    wash: get("--wash", "#f4f6f8"), paper: get("--paper", "#fff"), image: get("--s1", "#D55E00"), text: get("--s0", "#0072B2"), good: get("--s2", "#009E73"),
  };
}

// A canvas at the screen's own resolution; lengths below are CSS pixels.
function begin(canvas) {
  const ratio = window.devicePixelRatio || 1, w = canvas.clientWidth, h = canvas.clientHeight;
  canvas.width = Math.round(w * ratio);
  canvas.height = Math.round(h * ratio);
  const g = canvas.getContext("2d");
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, w, h);
  g.font = "13px system-ui, 'Liberation Sans', sans-serif";
  g.lineJoin = g.lineCap = "round";
  return { g, w, h };
}

function drawGlobe() {
  const { g, w, h } = begin($(".globe")), c = colours();
  const r = Math.min(w, h) / 2 - 26, sa = Math.sin(azimuth * rad), ca = Math.cos(azimuth * rad);
  const se = Math.sin(elevation * rad), ce = Math.cos(elevation * rad);
  const see = (lat, lon, far = 1) => {
    const x = far * Math.cos(lat) * Math.cos(lon), y = far * Math.cos(lat) * Math.sin(lon), z = far * Math.sin(lat);
    const out = x * ca + y * sa;
    return { x: w / 2 + r * (-x * sa + y * ca), y: h / 2 - r * (z * ce - out * se), front: out * ce + z * se >= 0 };
  };
  g.beginPath();
  g.arc(w / 2, h / 2, r, 0, 2 * Math.PI);
  g.fillStyle = c.wash;
  g.fill();
  g.strokeStyle = c.rule;
  g.lineWidth = 1.5;
  g.stroke();
  const line = (at, colour, width) => {
    for (const front of [false, true]) {
      g.beginPath();
      let open = false;
      for (let k = 0; k <= 72; k++) {
        const p = at(k / 72);
        if (p.front === front) { if (open) g.lineTo(p.x, p.y); else g.moveTo(p.x, p.y); }
        open = p.front === front;
      }
      g.strokeStyle = colour;
      g.globalAlpha = front ? 1 : 0.35;
      g.lineWidth = front ? width : width * 0.7;
      g.stroke();
    }
    g.globalAlpha = 1;
  };
  for (let lon = 0; lon < 360; lon += 30) line((t) => see((t - 0.5) * Math.PI, lon * rad), c.rule, 1);
  for (let lat = -60; lat <= 60; lat += 30) line((t) => see(lat * rad, t * 2 * Math.PI), lat ? c.rule : c.soft, lat ? 1 : 1.3);
  const up = -shift * rad, images = [], texts = [];
  for (let i = 0; i < 6; i++) {
    images.push(see(0, phi(i)));
    texts.push(see(up, psi(i)));
    line((t) => see(up * t, psi(i)), c.text, 0.9); // the way that the text has come
  }
  for (let i = 0; i < 6; i++) {
    const crossed = swapped && i < 2;
    g.beginPath();
    g.moveTo(images[i].x, images[i].y);
    g.lineTo(texts[i].x, texts[i].y);
    g.strokeStyle = crossed ? c.image : c.soft;
    g.lineWidth = crossed ? 2.5 : 1;
    g.stroke();
  }
  // Labels stand farther from the centre than the points, so that they leave lines free.
  const label = (text, lat, lon) => {
    const p = see(lat, lon, 1.13);
    g.lineWidth = 3;
    g.strokeStyle = c.wash;
    g.fillStyle = c.ink;
    g.textAlign = "center";
    g.textBaseline = "middle";
    g.strokeText(text, p.x, p.y);
    g.fillText(text, p.x, p.y);
  };
  const dot = (p, colour, round) => {
    g.globalAlpha = p.front ? 1 : 0.45;
    g.fillStyle = colour;
    g.strokeStyle = c.paper;
    g.lineWidth = 1.5;
    g.beginPath();
    if (round) g.arc(p.x, p.y, 6, 0, 2 * Math.PI); else g.rect(p.x - 5.5, p.y - 5.5, 11, 11);
    g.fill();
    g.stroke();
    g.globalAlpha = 1;
  };
  const apart = Math.abs(up) > 12 * rad, away = (up > 0 ? -1 : 1) * 9 * rad;
  for (let i = 0; i < 6; i++) {
    dot(images[i], c.image, true);
    dot(texts[i], c.text, false);
    if (images[i].front) label("I" + i, apart ? away : -9 * rad, phi(i));
    if (texts[i].front && Math.abs(up) < 55 * rad) label("T" + i, up + (apart ? -away : 9 * rad), psi(i));
  }
  const key = (x, text, colour, round) => {
    dot({ x: x + 7, y: h - 10, front: true }, colour, round);
    g.fillStyle = c.ink;
    g.textAlign = "left";
    g.textBaseline = "middle";
    g.fillText(text, x + 18, h - 10);
  };
  key(2, "image", c.image, true);
  key(72, "text", c.text, false);
}

function drawChart(best) {
  const { g, w, h } = begin($(".chart")), c = colours();
  const left = 44, right = w - 12, top = 14, bottom = h - 44;
  const curve = [];
  for (let d = -90; d <= 90; d++) curve.push(loss(scale, d));
  const high = Math.max(2, ...curve) * 1.05;
  const X = (d) => left + (right - left) * (d + 90) / 180, Y = (v) => bottom - (bottom - top) * v / high;
  g.strokeStyle = c.grid;
  g.fillStyle = c.soft;
  g.lineWidth = 1;
  const step = high > 3 ? 1 : 0.5;
  g.textAlign = "right";
  g.textBaseline = "middle";
  for (let v = 0; v <= high; v += step) {
    g.beginPath(); g.moveTo(left, Y(v)); g.lineTo(right, Y(v)); g.stroke();
    g.fillText(v.toFixed(1), left - 6, Y(v));
  }
  g.textAlign = "center";
  g.textBaseline = "top";
  for (let d = -90; d <= 90; d += 30) {
    g.beginPath(); g.moveTo(X(d), top); g.lineTo(X(d), bottom); g.stroke();
    g.fillText(d + "°", X(d), bottom + 6);
  }
  g.fillStyle = c.ink;
  g.fillText("angle between the modalities", (left + right) / 2, bottom + 24);
  g.save();
  g.translate(11, (top + bottom) / 2);
  g.rotate(-Math.PI / 2);
  g.textBaseline = "middle";
  g.fillText("contrastive loss", 0, 0);
  g.restore();
  g.beginPath();
  curve.forEach((v, k) => { if (k) g.lineTo(X(k - 90), Y(v)); else g.moveTo(X(-90), Y(v)); });
  g.strokeStyle = c.ink;
  g.lineWidth = 2;
  g.stroke();
  g.strokeStyle = c.good;
  g.lineWidth = 2;
  for (const d of best ? [best, -best] : [0]) {
    g.beginPath(); g.arc(X(d), Y(loss(scale, d)), 9, 0, 2 * Math.PI); g.stroke();
  }
  g.fillStyle = c.text;
  g.beginPath();
  g.rect(X(shift) - 5.5, Y(loss(scale, shift)) - 5.5, 11, 11);
  g.fill();
}

const tauText = (s) => s <= 1.005 ? "1" : "1/" + (s < 10 ? s.toFixed(1).replace(".0", "") : s.toFixed(0));

function draw() {
  const best = valley();
  $(".tau").textContent = tauText(scale);
  $(".angle").textContent = Math.abs(shift).toFixed(0) + "° " + (Math.abs(shift) < 0.5 ? "" : shift < 0 ? "up" : "down");
  $(".temperature").value = Math.log(scale) / Math.log(most);
  $(".temperature").setAttribute("aria-valuetext", "temperature " + tauText(scale));
  $(".shift").value = shift;
  $(".shift").setAttribute("aria-valuetext", $(".angle").textContent);
  const here = loss(scale, shift);
  $(".reading").textContent = "Loss " + here.toFixed(4) + " with a gap of " + gap(shift).toFixed(3) +
    "; lowest " + loss(scale, best).toFixed(4) + (best ? " at ±" + best.toFixed(1) + "°, gap " + gap(best).toFixed(3) : " with no gap") +
    "; with no gap " + loss(scale, 0).toFixed(4) + ".";
  drawGlobe();
  drawChart(best);
}

// follow brings the texts to the lowest loss, on the side where they are.
function follow() {
  const side = shift > 0 ? 1 : -1;
  shift = side * valley();
}

const scales = [...new Set(result.tables.minima.rows.map((row) => row[result.tables.minima.columns.indexOf("logit_scale")]))];
for (const s of scales) {
  const stop = document.createElement("option");
  stop.value = (Math.log(s) / Math.log(most)).toFixed(3);
  $("datalist").append(stop);
}
$(".temperature").addEventListener("input", (e) => {
  scale = most ** Number(e.target.value);
  const near = scales.find((s) => Math.abs(Math.log(s / scale)) < 0.02);
  if (near) scale = near;
  follow();
  draw();
});
$(".shift").addEventListener("input", (e) => { shift = Number(e.target.value); draw(); });
for (const input of root.querySelectorAll("input[type=radio]")) {
  input.addEventListener("change", () => {
    swapped = $("input[value=swapped]").checked;
    spacing = $('input[name="sphere-spacing"][value="20"]').checked ? 20 : 15;
    follow();
    draw();
  });
}

const globe = $(".globe");
function turn(dx, dy) {
  azimuth -= dx;
  elevation = Math.max(-90, Math.min(90, elevation + dy));
  drawGlobe();
}
let held = null;
globe.addEventListener("pointerdown", (e) => { held = { x: e.clientX, y: e.clientY }; globe.setPointerCapture(e.pointerId); });
globe.addEventListener("pointermove", (e) => {
  if (!held) return;
  turn((e.clientX - held.x) * 0.5, (e.clientY - held.y) * 0.5);
  held = { x: e.clientX, y: e.clientY };
});
for (const end of ["pointerup", "pointercancel"]) globe.addEventListener(end, () => { held = null; });
globe.addEventListener("keydown", (e) => {
  const step = { ArrowLeft: [-5, 0], ArrowRight: [5, 0], ArrowUp: [0, -5], ArrowDown: [0, 5] }[e.key];
  if (!step) return;
  e.preventDefault();
  turn(...step);
});

new ResizeObserver(draw).observe($(".views"));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
follow();
draw();
