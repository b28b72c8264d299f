import {byId, make, picture, say, three, whole} from './dom.js';

const SHOWN = 6;

let offered = [];
const settled = new Set();
const told = {given: null, problem: null};

/** The best candidate of each class, nearest first. */
function choices({candidates}) {
  const best = new Map();
  for (const candidate of candidates) if (candidate.label !== null && !best.has(candidate.label)) best.set(candidate.label, candidate);
  return [...best.values()];
}

function verdict({verdict, candidates, threshold}) {
  if (candidates.length === 0) return 'no labelled image to compare with';
  return verdict + ' · similarity ' + three(candidates[0].similarity)
    + (threshold === null ? ', not calibrated' : ', known from ' + three(threshold));
}

function card(question) {
  const offer = choices(question);
  const other = make('input', {type: 'text', 'aria-label': 'another class', placeholder: 'another class', maxlength: 256, autocomplete: 'off'});
  const form = make('form', {class: 'other'}, other, make('button', {type: 'submit'}, 'say'));
  const skip = make('button', {type: 'button', class: 'skip-question'}, 'skip');
  form.append(skip);
  const element = make('article', {class: 'card question', 'aria-label': 'an image without a label'},
    make('div', {class: 'asked'}, picture(question.id, 'the image'), make('p', {title: question.id}, verdict(question))),
    make('div', {class: 'choices'}, ...offer.map((candidate, index) => {
      const button = make('button', {type: 'button', 'aria-keyshortcuts': index + 1, title: candidate.label + '\n' + candidate.id},
        picture(candidate.id, ''),
        make('b', {}, candidate.label),
        make('small', {}, make('kbd', {}, index + 1), ' ' + three(candidate.similarity)));
      button.addEventListener('click', () => give(element, candidate.label));
      return button;
    })),
    form);
  element.dataset.id = question.id;
  element.addEventListener('keydown', (event) => {
    const candidate = event.target === other || event.ctrlKey || event.altKey || event.metaKey ? null : offer[Number(event.key) - 1];
    if (candidate) {
      event.preventDefault();
      give(element, candidate.label);
    }
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (other.value.trim() !== '') give(element, other.value);
  });
  skip.addEventListener('click', () => settle(element));
  return element;
}

/** The question is dealt with: the next one takes its place, and the focus if it had it. */
function settle(element) {
  const focused = element.contains(document.activeElement);
  settled.add(element.dataset.id);
  const place = [...byId('question-list').children].indexOf(element);
  fill();
  if (focused) byId('question-list').children[place]?.querySelector('button')?.focus();
}

async function send(id, label) {
  let problem = '';
  try {
    const response = await fetch('api/labels', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({id, label})});
    if (!response.ok) problem = (await response.json()).problem;
  } catch {
    problem = 'The page’s server does not answer. Try again when it is back.';
  }
  say(byId('feedback-problem'), problem);
  return problem === '';
}

async function give(element, label) {
  const id = element.dataset.id;
  settle(element);
  if (!await send(id, label)) settled.delete(id);
}

async function withdraw(id) {
  if (await send(id, null)) settled.delete(id);
}

/**
 * Puts questions into free places. One that is shown stays while it is offered, and while people
 * are at the panel: it must not move from under a finger.
 */
function fill() {
  const list = byId('question-list');
  const inUse = byId('feedback').matches(':hover, :focus-within');
  const open = offered.filter(({id}) => !settled.has(id));
  const kept = [...list.querySelectorAll('.question')].map((element) => {
    const id = element.dataset.id;
    return !settled.has(id) && (inUse || open.some((question) => question.id === id)) ? element : null;
  });
  const shown = new Set(kept.filter(Boolean).map((element) => element.dataset.id));
  const next = open.filter(({id}) => !shown.has(id));
  while (kept.length < SHOWN) kept.push(null);
  const elements = kept.map((element) => element ?? (next.length > 0 ? card(next.shift()) : null)).filter(Boolean);
  if (elements.length === 0) {
    list.replaceChildren(make('p', {class: 'empty'}, 'Nothing to ask now.'));
  } else {
    // Where nothing changes nothing is touched, so that the focus stays.
    const same = elements.length === list.children.length && elements.every((element, index) => element === list.children[index]);
    if (!same) replace(list, elements);
  }
}

function replace(list, elements) {
  elements.forEach((element, index) => {
    const before = list.children[index];
    if (element === before) return;
    if (before && !elements.includes(before)) before.replaceWith(element);
    else list.insertBefore(element, before ?? null);
  });
  while (list.children.length > elements.length) list.lastElementChild.remove();
}

function learned({version, givenAt, learnedAt, window}) {
  if (version !== null) return 'learned by v' + version + ', ' + ((learnedAt - givenAt) / 1000).toFixed(1) + ' s after';
  return window === null ? 'on its way' : 'in window ' + whole(window);
}

function showGiven(given) {
  const text = JSON.stringify(given);
  if (told.given === text) return;
  told.given = text;
  byId('given-list').replaceChildren(...given.map((label) => {
    const undo = make('button', {type: 'button', 'aria-label': 'withdraw the label ' + label.label}, 'undo');
    undo.addEventListener('click', () => withdraw(label.id));
    return make('li', {}, picture(label.id, ''), make('span', {title: label.id}, make('b', {}, label.label), ' ' + learned(label)), undo);
  }));
}

/** The least sure answers, with their candidates to choose from, and what became of the choices. */
export function showFeedback({problem, open, questions, given}) {
  byId('feedback').hidden = false;
  say(byId('footer-says'), 'It reads, and writes nothing but the labels that you give.');
  say(byId('feedback-open'), whole(open));
  // What became of a label that was sent stays until there is other news.
  if (problem !== told.problem) say(byId('feedback-problem'), problem ?? '');
  told.problem = problem;
  offered = questions;
  fill();
  showGiven(given);
}
