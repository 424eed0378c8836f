/// What lies over the points: names, marks of found points, and the lasso while it is drawn.
import { drawNames, fitNames } from './labels.js';

/// `app` has view, coloring, stage, names, marked, kept and line. Keeps the boxes of the names in it.
export function drawOverlay(app, canvas) {
  const { view, coloring } = app;
  const context = canvas.getContext('2d');
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  const ratio = canvas.width / view.width;
  context.scale(ratio, ratio);
  app.boxes = fitNames(app.names.filter(({ shade }) => !coloring.hidden.has(shade)), view, context);
  drawNames(app.boxes, context, coloring.dark);
  drawMarks(app, context);
  if (app.line) {
    drawLine(app.line, context, coloring.dark);
  }
}

function drawMarks({ view, coloring, stage, marked, kept }, context) {
  context.strokeStyle = coloring.dark ? '#ffffff' : '#000000';
  context.lineWidth = 1.5;
  const reach = Math.max(4, stage.style.diameter / 2 + 2);
  for (const { x, y } of kept ? [...marked, kept] : marked) {
    context.beginPath();
    context.arc(view.screenX(x), view.screenY(y), reach, 0, 2 * Math.PI);
    context.stroke();
  }
}

function drawLine(line, context, dark) {
  context.beginPath();
  line.forEach(([x, y]) => context.lineTo(x, y));
  context.closePath();
  context.strokeStyle = dark ? '#6fb2ff' : '#0b62c4';
  context.fillStyle = '#0b62c422';
  context.lineWidth = 1.5;
  context.fill();
  context.stroke();
}
