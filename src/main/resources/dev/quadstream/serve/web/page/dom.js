// Elements are built from text nodes and properties only: a label or an id is never markup.

export const byId = (id) => document.getElementById(id);

/** An element with attributes; children are elements or text. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined).map((child) =>
    child instanceof Node ? child : String(child)));
  return element;
}

/** The address of an answer of the server. */
export const address = (path, parameters) => path + '?' + new URLSearchParams(parameters);

/** Sets text only where it differs, so that screen readers and the layout are left in peace. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const NOTHING = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';
const TRIES = 4;
const NEXT_TRY_MILLIS = 3000;

/** The picture of an image of the stream; a hatched tile while, or once, it is not at hand. */
export function picture(id, label) {
  const source = 'api/thumbnail?id=' + encodeURIComponent(id);
  const image = make('img', {class: 'picture', alt: label, width: '32', height: '32', src: source});
  let tries = 1;
  image.addEventListener('error', () => {
    image.classList.add('absent');
    image.src = NOTHING;
    // Reports are read before the pictures that they speak of.
    if (tries++ < TRIES) {
      setTimeout(() => {
        if (image.isConnected) image.src = source;
      }, NEXT_TRY_MILLIS * tries);
    }
  });
  image.addEventListener('load', () => image.classList.toggle('absent', image.src === NOTHING));
  return image;
}

export const whole = new Intl.NumberFormat('en').format;
export const three = (value) => (value === null || value === undefined || Number.isNaN(value) ? '–' : value.toFixed(3));
export const percent = (value) => (value === null || value === undefined ? '–' : Math.round(value * 100) + ' %');

const day = (date) => date.toLocaleDateString('en-GB', {day: 'numeric', month: 'short'});

/** A time of day, after its date where that is another than today. */
export function clock(millis) {
  const date = new Date(millis);
  const time = date.toLocaleTimeString('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit'});
  return date.toDateString() === new Date().toDateString() ? time : day(date) + ' ' + time;
}

/** A time on an axis, where a day begins with its date. */
export function tick(millis) {
  const time = new Date(millis).toLocaleTimeString('en-GB', {hour: '2-digit', minute: '2-digit'});
  return time === '00:00' ? day(new Date(millis)) : time;
}

/** How long ago, in a word or two. */
export function age(millis) {
  const seconds = Math.max(0, Math.round((Date.now() - millis) / 1000));
  if (seconds < 90) return seconds + ' s';
  if (seconds < 5400) return Math.round(seconds / 60) + ' min';
  if (seconds < 129600) return Math.round(seconds / 3600) + ' h';
  return Math.round(seconds / 86400) + ' d';
}

export function size(bytes) {
  return bytes < 1e6 ? Math.round(bytes / 1e3) + ' kB' : (bytes / 1e6).toFixed(1) + ' MB';
}

export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
