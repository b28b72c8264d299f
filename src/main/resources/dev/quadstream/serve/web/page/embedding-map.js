import {address, age, byId, clock, colour, say} from './dom.js';

const KEPT_FRAMES = 4;
const MOVERS = 12;
const TURN_MILLIS = 450;
const GRASP = 14;
const MAX_ZOOM = 60;
// Okabe and Ito, without black and yellow, which vanish on one of the papers.
const CLASS_COLOURS = ['#0072b2', '#e69f00', '#009e73', '#d55e00', '#cc79a7', '#56b4e9', '#8c6bb1', '#7a7a52'];

const still = matchMedia('(prefers-reduced-motion: reduce)');

function classColour(label) {
  let hash = 0;
  for (let i = 0; i < label.length; i++) hash = (Math.imul(hash, 31) + label.charCodeAt(i)) | 0;
  return CLASS_COLOURS[Math.abs(hash) % CLASS_COLOURS.length];
}

/** Tells a version of one run from those of others. */
const modelOf = ({version, createdAt}) => version + '@' + createdAt;

/** Tells a frame from what it was before an image was removed; listed ones say how many images they have. */
const keyOf = (frame) => modelOf(frame) + '/' + (frame.images.length ?? frame.images);

/** Old to new on a scale that stays in order in grey (after viridis). */
function scaleColour(share) {
  const stops = [[68, 1, 84], [59, 82, 139], [33, 144, 141], [93, 201, 99], [240, 220, 60]];
  const at = Math.min(3.999, Math.max(0, share) * 4);
  const [from, to] = [stops[Math.floor(at)], stops[Math.floor(at) + 1]];
  return 'rgb(' + from.map((value, i) => Math.round(value + (to[i] - value) * (at % 1))).join(' ') + ')';
}

/** The gallery under each model: canvas, pointer, keys and the slider through the versions. */
export class EmbeddingMap {
  constructor(onChoose, onSelect) {
    this.onChoose = onChoose;
    this.onSelect = onSelect;
    this.canvas = byId('map-canvas');
    this.frames = [];
    this.loaded = new Map();
    this.frame = null;
    this.previous = null;
    this.following = true;
    this.live = null;
    this.view = {x: 0, y: 0, scale: 1};
    this.fitted = true;
    this.hovered = -1;
    this.chosen = null;
    this.touched = false;
    this.suggestion = null;
    this.lasso = null;
    this.hint = byId('map-hint').textContent;
    this.listen();
    new ResizeObserver(() => (this.frame && this.fitted ? this.showAll() : this.draw())).observe(this.canvas);
  }

  /** The version that is shown, or null. */
  version() {
    return this.frame?.version ?? null;
  }

  setFrames(frames, live, problem) {
    this.frames = frames;
    this.live = live;
    say(byId('map-hint'), problem ?? this.hint);
    byId('map-hint').classList.toggle('problem', problem !== null);
    const slider = byId('map-version');
    slider.max = Math.max(0, frames.length - 1);
    const empty = byId('map-empty');
    empty.hidden = this.frame !== null;
    say(empty, problem ?? 'The map appears with the first model.');
    const shown = this.frame && keyOf(this.frame);
    const wanted = this.following ? this.followed() : frames.findIndex((frame) => this.frame && modelOf(frame) === modelOf(this.frame));
    if (frames.length === 0) return;
    const index = wanted < 0 ? frames.length - 1 : wanted;
    slider.value = index;
    if (keyOf(frames[index]) !== shown) this.go(index);
    this.name();
  }

  /** The live model's frame, or the newest where none is live. */
  followed() {
    const live = this.frames.findIndex((frame) => frame.version === this.live);
    return live < 0 ? this.frames.length - 1 : live;
  }

  name() {
    const frame = this.frames[Number(byId('map-version').value)];
    say(byId('map-version-name'), frame ? 'v' + frame.version + ' · ' + clock(frame.createdAt) + (frame.version === this.live ? ' · live' : '') : '–');
    byId('map-version').setAttribute('aria-valuetext', frame ? 'version ' + frame.version : 'none');
  }

  async go(index) {
    const wanted = this.frames[index];
    this.wanted = wanted;
    const before = index > 0 ? this.frames[index - 1] : null;
    try {
      const [frame, previous] = await Promise.all([this.load(wanted), before === null ? null : this.load(before)]);
      if (this.wanted === wanted) this.turnTo(frame, previous);
    } catch {
      // The server thinned its frames, or is away: the next message says which ones there are.
    }
  }

  async load(listed) {
    const key = keyOf(listed);
    if (this.loaded.has(key)) return this.loaded.get(key);
    const {version} = listed;
    const [description, points, sprite] = await Promise.all([
      fetch(address('api/map', {version})).then(checked).then((response) => response.json()),
      fetch(address('api/map/points', {version})).then(checked).then((response) => response.arrayBuffer()),
      fetch(address('api/map/sprite', {version})).then(checked).then((response) => response.blob()).then(createImageBitmap),
    ]);
    // An image may have been taken off it between the three.
    if (description.images.length !== listed.images || points.byteLength !== 8 * description.images.length) {
      sprite.close();
      throw new Error('The frame has changed.');
    }
    const frame = {...description, points: new Float32Array(points), sprite};
    frame.rows = new Map(frame.images.map((image, row) => [image.id, row]));
    this.loaded.set(key, frame);
    for (const [old, loaded] of this.loaded) {
      if (this.loaded.size <= KEPT_FRAMES) break;
      if (old === key || loaded === this.frame || loaded === this.previous) continue;
      this.loaded.delete(old);
      loaded.sprite.close();
    }
    return frame;
  }

  turnTo(frame, previous) {
    const from = this.frame;
    const first = from === null;
    this.frame = frame;
    this.previous = previous;
    this.hovered = -1;
    byId('map-empty').hidden = true;
    this.places = frame.points;
    const view = this.fitted ? this.wholeView() : this.view;
    if (this.touched) this.askAgain();
    else this.suggest(this.suggestion);
    if (first || still.matches) {
      this.view = view;
      this.draw();
      return;
    }
    const viewBefore = this.view;
    const starts = Float32Array.from(frame.points, (value, i) => {
      const row = from.rows.get(frame.images[i >> 1].id);
      return row === undefined ? value : from.points[2 * row + (i & 1)];
    });
    const began = performance.now();
    const step = (now) => {
      if (this.frame !== frame) return;
      const share = Math.min(1, (now - began) / TURN_MILLIS);
      const eased = 1 - (1 - share) ** 3;
      this.places = share === 1 ? frame.points
        : starts.map((value, i) => value + (frame.points[i] - value) * eased);
      if (this.fitted) {
        this.view = Object.fromEntries(Object.entries(view).map(([name, value]) =>
          [name, viewBefore[name] + (value - viewBefore[name]) * eased]));
      }
      this.draw();
      if (share < 1) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  showAll() {
    if (!this.frame) return;
    this.fitted = true;
    this.view = this.wholeView();
    this.draw();
  }

  /** The view that shows every image, with room for the pictures at the rim. */
  wholeView() {
    const {points} = this.frame;
    const bounds = {left: Infinity, right: -Infinity, low: Infinity, high: -Infinity};
    for (let i = 0; i < points.length; i += 2) {
      bounds.left = Math.min(bounds.left, points[i]);
      bounds.right = Math.max(bounds.right, points[i]);
      bounds.low = Math.min(bounds.low, points[i + 1]);
      bounds.high = Math.max(bounds.high, points[i + 1]);
    }
    const {clientWidth: width, clientHeight: height} = this.canvas;
    const across = Math.max(0.02, bounds.right - bounds.left) / Math.max(50, width - 36);
    const down = Math.max(0.02, bounds.high - bounds.low) / Math.max(50, height - 36);
    return {x: (bounds.left + bounds.right) / 2, y: (bounds.low + bounds.high) / 2, scale: 1 / Math.max(across, down)};
  }

  place(row) {
    const {clientWidth: width, clientHeight: height} = this.canvas;
    return [
      width / 2 + (this.places[2 * row] - this.view.x) * this.view.scale,
      height / 2 - (this.places[2 * row + 1] - this.view.y) * this.view.scale,
    ];
  }

  colours() {
    const images = this.frame.images;
    const by = byId('map-colour').value;
    if (by === 'class') return images.map((image) => classColour(image.label));
    const values = images.map((image) => (by === 'version' ? image.version : image.capturedAt));
    const known = values.filter((value) => value !== null);
    const low = known.reduce((least, value) => Math.min(least, value), Infinity);
    const high = known.reduce((most, value) => Math.max(most, value), -Infinity);
    return values.map((value) => (value === null ? colour('faint') : scaleColour((value - low) / Math.max(1, high - low))));
  }

  draw() {
    const {clientWidth: width, clientHeight: height} = this.canvas;
    const ratio = devicePixelRatio;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
    }
    const pen = this.canvas.getContext('2d');
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    if (!this.frame) return;
    const colours = this.colours();
    const tile = Math.min(44, Math.max(11, Math.min(17, width / 30) * Math.sqrt(this.view.scale / this.wholeView().scale)));
    const pictures = byId('map-pictures').checked;
    for (let row = 0; row < this.frame.images.length; row++) this.drawImage(pen, row, colours[row], pictures, tile);
    if (byId('map-moved').checked) this.drawMoves(pen);
    for (const row of [this.frame.rows.get(this.chosen), this.hovered]) {
      if (row !== undefined && row >= 0) this.drawImage(pen, row, colours[row], true, Math.max(30, tile), true);
    }
    if (this.lasso) this.drawLasso(pen);
    this.tip();
  }

  drawImage(pen, row, tint, pictures, tile, bold = false) {
    const [x, y] = this.place(row);
    if (x < -tile || y < -tile || x > this.canvas.clientWidth + tile || y > this.canvas.clientHeight + tile) return;
    if (!pictures) {
      pen.fillStyle = tint;
      pen.globalAlpha = 0.85;
      pen.beginPath();
      pen.arc(x, y, 4, 0, 2 * Math.PI);
      pen.fill();
      pen.globalAlpha = 1;
      return;
    }
    const {columns, tileWidth, tileHeight, sprite} = this.frame;
    pen.fillStyle = tint;
    const rim = bold ? 3 : 1.5;
    pen.fillRect(x - tile / 2 - rim, y - tile / 2 - rim, tile + 2 * rim, tile + 2 * rim);
    pen.drawImage(sprite, (row % columns) * tileWidth, Math.floor(row / columns) * tileHeight, tileWidth, tileHeight,
      x - tile / 2, y - tile / 2, tile, tile);
  }

  drawMoves(pen) {
    if (!this.previous) return;
    const {points, images} = this.frame;
    const moves = images.map((image, row) => {
      const before = this.previous.rows.get(image.id);
      if (before === undefined) return {row, length: 0};
      const [x, y] = [this.previous.points[2 * before], this.previous.points[2 * before + 1]];
      return {row, x, y, length: Math.hypot(points[2 * row] - x, points[2 * row + 1] - y)};
    }).sort((left, right) => right.length - left.length).slice(0, MOVERS);
    const {clientWidth: width, clientHeight: height} = this.canvas;
    pen.strokeStyle = colour('ink');
    pen.fillStyle = colour('ink');
    pen.lineWidth = 1.5;
    for (const {row, x, y, length} of moves) {
      if (length === 0) continue;
      const [toX, toY] = this.place(row);
      const fromX = width / 2 + (x - this.view.x) * this.view.scale;
      const fromY = height / 2 - (y - this.view.y) * this.view.scale;
      pen.beginPath();
      pen.moveTo(fromX, fromY);
      pen.lineTo(toX, toY);
      pen.stroke();
      pen.beginPath();
      pen.arc(fromX, fromY, 2.5, 0, 2 * Math.PI);
      pen.fill();
      this.drawImage(pen, row, colour('ink'), true, 24);
    }
  }

  drawLasso(pen) {
    pen.strokeStyle = colour('blue');
    pen.fillStyle = colour('blue-wash');
    pen.lineWidth = 1.5;
    pen.beginPath();
    this.lasso.forEach(([x, y], i) => (i === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
    pen.closePath();
    pen.fill();
    pen.stroke();
  }

  tip() {
    const tip = byId('map-tip');
    const image = this.frame.images[this.hovered];
    tip.hidden = !image;
    if (!image) return;
    say(tip, image.label + (image.capturedAt > 0 ? ' · ' + age(image.capturedAt) + ' old' : ''));
    const [x, y] = this.place(this.hovered);
    tip.style.left = Math.max(4, Math.min(x + 20, this.canvas.clientWidth - tip.offsetWidth - 4)) + 'px';
    tip.style.top = Math.max(4, y - 40) + 'px';
  }

  nearest(x, y, reach = GRASP) {
    if (!this.frame) return -1;
    let best = -1;
    let least = reach;
    for (let row = 0; row < this.frame.images.length; row++) {
      const [left, top] = this.place(row);
      const distance = Math.hypot(left - x, top - y);
      if (distance <= least) [best, least] = [row, distance];
    }
    return best;
  }

  /** Whoever looks at an image sees what each new model makes of it. */
  askAgain() {
    const row = this.frame.rows.get(this.chosen);
    if (row !== undefined) this.onChoose(this.frame.version, this.frame.images[row]);
  }

  /** Chooses an image to begin with, unless people have chosen one. */
  suggest(id) {
    this.suggestion = id;
    const row = this.frame?.rows.get(id);
    if (!this.touched && row !== undefined) this.choose(row);
  }

  /** Something else is looked at. */
  forget() {
    this.touched = true;
    this.chosen = null;
    this.draw();
  }

  choose(row) {
    if (row < 0) return;
    this.touched = true;
    this.chosen = this.frame.images[row].id;
    this.draw();
    this.onChoose(this.frame.version, this.frame.images[row]);
  }

  zoom(factor, x = this.canvas.clientWidth / 2, y = this.canvas.clientHeight / 2) {
    this.move({view: this.view, x, y}, x, y, factor);
  }

  /** What lay under a place of an earlier view comes to lie under another one, larger or smaller. */
  move(from, x, y, factor = 1) {
    const {clientWidth: width, clientHeight: height} = this.canvas;
    const whole = this.wholeView().scale;
    const scale = Math.min(MAX_ZOOM * whole, Math.max(whole / 4, from.view.scale * factor));
    this.fitted = false;
    this.view = {
      x: from.view.x + (from.x - width / 2) / from.view.scale - (x - width / 2) / scale,
      y: from.view.y - (from.y - height / 2) / from.view.scale + (y - height / 2) / scale,
      scale,
    };
    this.draw();
  }

  listen() {
    const {canvas} = this;
    const pointers = new Map();
    let grabbed = null;
    /** Fingers or mouse as one: the middle between them, and how far they are apart. */
    const grip = () => {
      const places = [...pointers.values()];
      const middle = (axis) => places.reduce((sum, place) => sum + place[axis], 0) / places.length;
      const [first, second] = places;
      return {x: middle('x'), y: middle('y'), apart: second ? Math.hypot(first.x - second.x, first.y - second.y) : 0};
    };
    const grab = (moved) => (grabbed = {...grip(), view: {...this.view}, moved});
    const release = (event) => {
      pointers.delete(event.pointerId);
      if (pointers.size > 0) grab(true);
      else grabbed = null;
    };
    canvas.addEventListener('pointerdown', (event) => {
      if (!this.frame || event.button !== 0 || pointers.size > 1) return;
      pointers.set(event.pointerId, {x: event.offsetX, y: event.offsetY});
      canvas.setPointerCapture(event.pointerId);
      const lassoing = byId('map-lasso').getAttribute('aria-pressed') === 'true' || event.shiftKey;
      this.lasso = lassoing && pointers.size === 1 ? [[event.offsetX, event.offsetY]] : null;
      grab(pointers.size > 1);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (!this.frame) return;
      if (!grabbed) {
        const row = this.nearest(event.offsetX, event.offsetY);
        if (row !== this.hovered) {
          this.hovered = row;
          this.draw();
        }
        return;
      }
      if (!pointers.has(event.pointerId)) return;
      pointers.set(event.pointerId, {x: event.offsetX, y: event.offsetY});
      const {x, y, apart} = grip();
      grabbed.moved ||= Math.hypot(x - grabbed.x, y - grabbed.y) > 4;
      if (this.lasso) {
        this.lasso.push([x, y]);
        this.draw();
      } else if (grabbed.moved) {
        this.move(grabbed, x, y, grabbed.apart > 0 ? apart / grabbed.apart : 1);
      }
    });
    canvas.addEventListener('pointerup', (event) => {
      if (!grabbed || !pointers.has(event.pointerId)) return;
      const {moved} = grabbed;
      release(event);
      if (this.lasso) {
        this.catchWith(this.lasso);
        this.lasso = null;
        this.draw();
      } else if (!moved) {
        this.choose(this.nearest(event.offsetX, event.offsetY));
      }
    });
    canvas.addEventListener('pointercancel', (event) => {
      release(event);
      this.lasso = null;
      this.draw();
    });
    canvas.addEventListener('pointerleave', () => {
      if (this.hovered >= 0 && !grabbed) {
        this.hovered = -1;
        this.draw();
      }
    });
    canvas.addEventListener('wheel', (event) => {
      // A plain wheel scrolls the page, as everywhere, unless the map was gone to on purpose.
      if (!event.ctrlKey && !event.metaKey && document.activeElement !== canvas) return;
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
    }, {passive: false});
    canvas.addEventListener('keydown', (event) => this.key(event));
    byId('map-in').addEventListener('click', () => this.zoom(1.5));
    byId('map-out').addEventListener('click', () => this.zoom(1 / 1.5));
    byId('map-all').addEventListener('click', () => this.showAll());
    byId('map-lasso').addEventListener('click', (event) => {
      const pressed = event.target.getAttribute('aria-pressed') !== 'true';
      event.target.setAttribute('aria-pressed', String(pressed));
      canvas.classList.toggle('lasso', pressed);
    });
    for (const name of ['map-colour', 'map-pictures', 'map-moved']) byId(name).addEventListener('change', () => this.draw());
    byId('map-version').addEventListener('input', (event) => {
      this.following = Number(event.target.value) === this.followed();
      this.name();
      if (this.frames.length > 0) this.go(Number(event.target.value));
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }

  key(event) {
    const ways = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
    if (!this.frame) return;
    if (ways[event.key]) this.walk(...ways[event.key]);
    else if (event.key === 'Enter' || event.key === ' ') this.choose(this.hovered);
    else if (event.key === '+') this.zoom(1.5);
    else if (event.key === '-') this.zoom(1 / 1.5);
    else if (event.key === '0') this.showAll();
    else return;
    event.preventDefault();
  }

  /** Shows what a line around it caught. */
  catchWith(line) {
    const caught = this.frame.images.filter((image, row) => inside(this.place(row), line));
    if (caught.length === 0) return;
    this.forget();
    this.onSelect(caught);
  }

  /** To the nearest image that lies in a direction. */
  walk(dx, dy) {
    const [x, y] = this.hovered >= 0 ? this.place(this.hovered) : [this.canvas.clientWidth / 2, this.canvas.clientHeight / 2];
    let best = -1;
    let least = Infinity;
    for (let row = 0; row < this.frame.images.length; row++) {
      const [left, top] = this.place(row);
      const along = (left - x) * dx + (top - y) * dy;
      const across = Math.abs((left - x) * dy) + Math.abs((top - y) * dx);
      if (row === this.hovered || along <= 0 || across > along) continue;
      if (along + 2 * across < least) [best, least] = [row, along + 2 * across];
    }
    if (best < 0) return;
    this.hovered = best;
    this.draw();
  }
}

function checked(response) {
  if (!response.ok) throw new Error('status ' + response.status);
  return response;
}

/** Whether a place lies within a polygon, by the even-odd rule. */
function inside([x, y], polygon) {
  let within = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [xi, yi] = polygon[i];
    const [xj, yj] = polygon[j];
    if ((yi > y) !== (yj > y) && x < (xj - xi) * (y - yi) / (yj - yi) + xi) within = !within;
  }
  return within;
}
