import {address, byId, make, picture, three, whole} from './dom.js';

let asked = 0;

function list(title, {version, neighbours}, label) {
  const right = label === null ? null : neighbours.filter((neighbour) => neighbour.label === label).length;
  return make('div', {class: 'nearest'},
    make('h3', {}, title + ', v' + version, make('span', {}, right === null ? '' : right + ' of ' + neighbours.length + ' right')),
    make('ol', {}, ...neighbours.map((neighbour) => {
      const known = label !== null;
      const same = neighbour.label === label;
      return make('li', {class: known ? (same ? 'right' : 'wrong') : '', title: neighbour.label + '\n' + neighbour.id},
        picture(neighbour.id, neighbour.label),
        make('span', {class: 'name'}, known ? make('span', {class: 'mark'}, same ? '✓ ' : '✗ ') : null, neighbour.label),
        make('span', {class: 'value'}, 'd ' + three(neighbour.distance)),
        neighbour.g === null ? null : make('span', {class: 'value'}, 'g ' + three(neighbour.g)));
    })));
}

/** The class that most of the nearest have, nearer ones first among equals. */
function consensus(neighbours) {
  const counts = new Map();
  for (const {label} of neighbours) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best));
}

async function show(probe, request) {
  const ticket = ++asked;
  const place = byId('neighbour-list');
  let content;
  try {
    const response = await request;
    const answer = await response.json();
    content = response.ok ? describe(probe, answer) : problem(answer.problem);
  } catch {
    content = problem('The page’s server does not answer. Try again when it is back.');
  }
  if (ticket === asked) place.replaceChildren(...content);
}

const problem = (text) => [make('p', {class: 'problem', role: 'alert'}, text)];

function describe(probe, answer) {
  const [label, votes] = answer.now.neighbours.length === 0 ? ['', 0] : consensus(answer.now.neighbours);
  const words = answer.label === null
    ? [make('strong', {}, 'Looks like ' + label), make('small', {}, votes + ' of the ' + answer.now.neighbours.length + ' nearest')]
    : [make('strong', {}, answer.label), make('small', {}, answer.probe)];
  return [
    make('div', {class: 'probe'}, probe, make('div', {}, ...words)),
    list('Now', answer.now, answer.label),
    answer.before === null ? make('p', {class: 'empty'}, 'No earlier model to compare with.') : list('Before', answer.before, answer.label),
  ];
}

/** The neighbours of an image of the map. */
export function showNeighbours(version, image) {
  return show(picture(image.id, image.label),
    fetch(address('api/neighbours', {version, id: image.id})));
}

/** The classes of what the lasso caught. */
export function showSelection(images) {
  asked++;
  const counts = new Map();
  for (const image of images) {
    const entry = counts.get(image.label) ?? {image, count: 0};
    entry.count++;
    counts.set(image.label, entry);
  }
  const sorted = [...counts].sort((left, right) => right[1].count - left[1].count);
  byId('neighbour-list').replaceChildren(
    make('h3', {}, whole(images.length) + ' images of ' + whole(sorted.length) + ' classes'),
    make('ul', {class: 'selection rows'}, ...sorted.map(([label, {image, count}]) => make('li', {},
      picture(image.id, label), make('span', {title: label}, label), make('span', {class: 'count'}, String(count))))));
}

/** Lets people bring an image of their own; `version` says under which model it is looked up. */
export function acceptUploads(version, onUpload) {
  const panel = byId('neighbours');
  const look = (file) => {
    if (!file) return;
    if (version() === null) {
      byId('neighbour-list').replaceChildren(...problem('No model has been published yet: wait for the first one.'));
      return;
    }
    onUpload();
    const local = URL.createObjectURL(file);
    const probe = make('img', {class: 'picture', alt: 'your image', src: local});
    probe.addEventListener('load', () => URL.revokeObjectURL(local), {once: true});
    probe.addEventListener('error', () => URL.revokeObjectURL(local), {once: true});
    show(probe, fetch(address('api/neighbours', {version: version()}), {method: 'POST', body: file}));
  };
  byId('upload').addEventListener('change', (event) => {
    look(event.target.files[0]);
    event.target.value = '';
  });
  panel.addEventListener('dragover', (event) => {
    event.preventDefault();
    panel.classList.add('dropping');
  });
  panel.addEventListener('dragleave', () => panel.classList.remove('dropping'));
  panel.addEventListener('drop', (event) => {
    event.preventDefault();
    panel.classList.remove('dropping');
    look(event.dataTransfer.files[0]);
  });
}
