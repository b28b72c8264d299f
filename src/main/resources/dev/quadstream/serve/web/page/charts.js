import uPlot from './uplot.js';
import {byId, colour, make, percent, say, three, tick} from './dom.js';

const SMOOTHING = 0.92;
const RECALL_WINDOWS = 50;

/** The history so far, as columns; grows at the end, or is replaced when the server thins it. */
const history = {columns: null, windowsAPoint: 1};
let models = {rawPixels: null, heldOut: [], release: null};
let axis = 'images';
const charts = [];

export function addHistory(message) {
  const columns = history.columns ?? {};
  for (const [name, values] of Object.entries(message.columns)) {
    columns[name] = (message.from === 0 ? [] : columns[name].slice(0, message.from)).concat(values);
  }
  history.columns = columns;
  history.windowsAPoint = message.windowsAPoint;
  scheduleDraw();
}

export function setModels(message) {
  models = message;
  const moves = models.release?.moves ?? [];
  const back = moves.filter((move) => move.takenBack).length;
  say(byId('recall-moves'), moves.length === 0 ? ''
    : 'Lines: ' + moves.length + (moves.length === 1 ? ' release' : ' releases')
      + (back === 0 ? '.' : ', the dashed ' + (back === 1 ? 'one' : back) + ' to an earlier version.'));
  scheduleDraw();
}

export function setAxis(name) {
  axis = name;
  rebuild();
}

let drawing = false;

/** Draws once a frame at most, however many events come. */
function scheduleDraw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    if (history.columns) for (const chart of charts) chart.draw();
  });
}

function smoothed(values) {
  let mean = null;
  return values.map((value) => {
    if (value === null || Number.isNaN(value)) return mean;
    mean = mean === null ? value : SMOOTHING * mean + (1 - SMOOTHING) * value;
    return mean;
  });
}

/** Recall over the last windows with its 95 % interval (Wilson). */
function recall(columns) {
  const span = Math.max(1, Math.round(RECALL_WINDOWS / history.windowsAPoint));
  const z = 1.96;
  const result = {value: [], low: [], high: []};
  let tested = 0;
  let correct = 0;
  for (let i = 0; i < columns.tested.length; i++) {
    tested += columns.tested[i];
    correct += columns.correct[i];
    if (i >= span) {
      tested -= columns.tested[i - span];
      correct -= columns.correct[i - span];
    }
    if (tested === 0) {
      for (const series of Object.values(result)) series.push(null);
      continue;
    }
    const p = correct / tested;
    const centre = (p + z * z / (2 * tested)) / (1 + z * z / tested);
    const half = z / (1 + z * z / tested) * Math.sqrt(p * (1 - p) / tested + z * z / (4 * tested * tested));
    result.value.push(p);
    result.low.push(Math.max(0, centre - half));
    result.high.push(Math.min(1, centre + half));
  }
  return result;
}

/** Each model's held-out recall at the point of the history where it was published. */
function heldOut(columns) {
  const values = new Array(columns.images.length).fill(null);
  let at = 0;
  for (const [version, recall] of models.heldOut) {
    while (at < values.length && columns.modelVersion[at] < version) at++;
    if (at < values.length) values[at] = recall;
  }
  return values;
}

const axisText = () => colour('soft');

function shortCount(value) {
  if (value >= 1e6) return value / 1e6 + 'M';
  return value >= 1e3 ? value / 1e3 + 'k' : String(value);
}

/** A chart that keeps its size, follows the theme, and shares its cursor with the others. */
class Chart {
  constructor(name, series, build, options = {}) {
    this.holder = byId(name + '-chart');
    this.legend = byId(name + '-legend');
    this.series = series;
    this.build = build;
    this.options = options;
    this.values = series.map((line) => (line.label ? make('b') : null));
    new ResizeObserver(() => this.resize()).observe(this.holder);
    this.fillLegend();
  }

  fillLegend() {
    this.legend.replaceChildren(...this.series.flatMap((line, i) => {
      if (!line.label) return [];
      const key = make('i', {class: 'key ' + (line.key ?? '')});
      key.style.color = colour(line.colour);
      if (line.key === 'dot') key.style.background = colour(line.colour);
      return [make('span', {}, key, line.label + ' ', this.values[i])];
    }));
  }

  draw() {
    const columns = history.columns;
    const x = axis === 'images' ? columns.images : columns.timeMillis.map((millis) => millis / 1000);
    const data = [x, ...this.build(columns)];
    if (this.plot) {
      const {min, max} = this.plot.scales.x;
      const before = this.plot.data[0];
      const zoomed = min > before[0] || max < before.at(-1);
      this.plot.setData(data, !zoomed);
      if (zoomed) this.plot.redraw();
    } else if (this.holder.clientWidth > 0) {
      this.plot = new uPlot(this.plotOptions(), data, this.holder);
    }
    this.show(null);
  }

  plotOptions() {
    const line = {stroke: axisText(), font: '12px ' + getComputedStyle(document.body).fontFamily, ticks: {show: false}};
    const grid = {stroke: colour('grid'), width: 1};
    return {
      width: this.holder.clientWidth,
      height: this.holder.clientHeight,
      legend: {show: false},
      cursor: {sync: {key: 'run'}, drag: {x: true, y: false}, points: {size: 6}, y: false},
      scales: {x: {time: axis === 'time'}, y: {range: this.options.range}},
      axes: [
        {...line, grid: {show: false}, size: 26, gap: 4, space: 70,
          values: axis === 'images' ? (plot, splits) => splits.map(shortCount)
            : (plot, splits) => splits.map((second) => tick(second * 1000))},
        {...line, grid, size: 40, gap: 6, space: 34, values: this.options.percent
          ? (plot, splits) => splits.map((share) => Math.round(share * 100) + '%') : undefined},
      ],
      series: [{}, ...this.series.map((line) => ({
        stroke: line.hidden ? 'transparent' : colour(line.colour),
        width: line.width ?? 1.75,
        alpha: line.alpha ?? 1,
        dash: line.key === 'dashed' ? [6, 4] : line.key === 'dotted' ? [2, 3] : undefined,
        points: line.key === 'dot'
          ? {show: true, size: 6, fill: colour(line.colour), stroke: colour('card'), width: 1} : {show: false},
        spanGaps: true,
      }))],
      bands: this.options.bands?.map((band) => ({series: band.series, fill: colour(band.fill)})),
      hooks: {
        setCursor: [(plot) => this.show(plot.cursor.idx)],
        drawClear: this.options.under ? [(plot) => this.options.under(plot)] : [],
      },
    };
  }

  /** Writes the values at a point, or the last ones, into the legend. */
  show(index) {
    this.series.forEach((line, i) => {
      if (!line.label || !this.plot) return;
      const values = this.plot.data[i + 1];
      let at = index ?? values.length - 1;
      while (at > 0 && (values[at] === null || Number.isNaN(values[at])) && (index === null || line.key === 'dot')) at--;
      const value = values[at] ?? null;
      // What this run does not measure has no place in the legend.
      this.values[i].parentElement.hidden = line.optional === true && index === null && value === null;
      say(this.values[i], this.options.percent ? percent(value) : three(value));
    });
  }

  resize() {
    if (this.plot && this.holder.clientWidth > 0) {
      this.plot.setSize({width: this.holder.clientWidth, height: this.holder.clientHeight});
    } else if (history.columns) {
      this.draw();
    }
  }

  restyle() {
    this.plot?.destroy();
    this.plot = null;
    this.fillLegend();
    if (history.columns) this.draw();
  }
}

/** A tick under every point in which images of new classes came, taller for more of them. */
function newClassTicks(plot) {
  const counts = history.columns?.newClasses;
  if (!counts) return;
  const most = Math.max(1, ...counts);
  const {left, top, width, height} = plot.bbox;
  plot.ctx.save();
  plot.ctx.beginPath();
  plot.ctx.rect(left, top, width, height);
  plot.ctx.clip();
  plot.ctx.fillStyle = colour('violet');
  plot.ctx.globalAlpha = 0.65;
  counts.forEach((count, i) => {
    if (count === 0) return;
    const x = Math.round(plot.valToPos(plot.data[0][i], 'x', true));
    const tall = (4 + 12 * count / most) * devicePixelRatio;
    plot.ctx.fillRect(x, top + height - tall, Math.max(1, devicePixelRatio), tall);
  });
  plot.ctx.restore();
}

/** A line where a release came, dashed where one was taken back. */
function releaseLines(plot) {
  const versions = history.columns?.modelVersion;
  if (!versions) return;
  const {left, top, width, height} = plot.bbox;
  const thin = Math.max(1, Math.round(devicePixelRatio));
  for (const move of models.release?.moves ?? []) {
    const at = versions.findIndex((version) => version >= move.asOf);
    // A command may come before the report of the newest version.
    const x = Math.round(plot.valToPos(plot.data[0].at(at), 'x', true)) - (at < 0 ? thin : 0);
    if (x < left || x > left + width) continue;
    plot.ctx.fillStyle = colour(move.takenBack ? 'bad' : 'good');
    const dash = move.takenBack ? 6 * thin : height;
    for (let y = top; y < top + height; y += 2 * dash) plot.ctx.fillRect(x, y, thin, Math.min(dash, top + height - y));
  }
}

function underRecall(plot) {
  newClassTicks(plot);
  releaseLines(plot);
}

function rebuild() {
  for (const chart of charts) chart.restyle();
}

export function start() {
  const fromZero = (plot, low, high) => [0, Math.max(0.1, (high ?? 1) * 1.08)];
  const unit = () => [0, 1];
  charts.push(
    new Chart('loss', [
      {colour: 'blue', alpha: 0.22, width: 1},
      {colour: 'orange', alpha: 0.25, width: 1},
      {colour: 'blue', label: 'first term', width: 2.25},
      {colour: 'orange', label: 'second term', width: 2.25, key: 'dashed'},
    ], (c) => [c.lossFirst, c.lossSecond, smoothed(c.lossFirst), smoothed(c.lossSecond)], {range: fromZero}),
    new Chart('margins', [
      {colour: 'blue', label: 'μₙ different', width: 2.25},
      {colour: 'green', label: 'μₚ same', width: 1.25},
      {colour: 'orange', label: 'α₁', key: 'dashed'},
      {colour: 'violet', label: 'α₂', key: 'dotted', width: 2},
    ], (c) => [c.meanNegative, c.meanPositive, c.alpha1, c.alpha2], {range: unit, bands: [{series: [1, 2], fill: 'blue-wash'}]}),
    new Chart('active', [
      {colour: 'blue', label: 'active, first term'},
      {colour: 'orange', label: 'second term', key: 'dashed'},
    ], (c) => [smoothed(c.activeFirst), smoothed(c.activeSecond)], {range: unit, percent: true}),
    new Chart('recall', [
      {colour: 'blue', hidden: true},
      {colour: 'blue', hidden: true},
      {colour: 'blue', label: 'before training on it', width: 2.25},
      {colour: 'orange', label: 'held out, each model', key: 'dot', width: 1.25, optional: true},
      {colour: 'soft', label: 'held out, raw pixels', key: 'dashed', optional: true},
    ], (c) => {
      const tested = recall(c);
      return [tested.high, tested.low, tested.value, heldOut(c),
        c.images.map(() => models.rawPixels)];
    }, {range: unit, bands: [{series: [1, 2], fill: 'blue-wash'}], under: underRecall}),
  );
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', rebuild);
}
