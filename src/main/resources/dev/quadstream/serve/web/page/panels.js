import {address, age, byId, clock, make, picture, say, size, three, whole} from './dom.js';

let status = null;
let models = null;
const told = new Map();

/** Whether a list differs from what it shows already: pictures that are built anew flicker. */
function isNews(list, content) {
  const text = JSON.stringify(content);
  if (told.get(list) === text) return false;
  told.set(list, text);
  return true;
}

const WORDS = {running: 'running', waiting: 'waiting', degraded: 'degraded', lost: 'no connection'};

function showState(state, reason) {
  const badge = byId('state');
  badge.dataset.state = state;
  say(badge, WORDS[state]);
  byId('reason').dataset.state = state;
  say(byId('reason'), reason ?? '');
}

export function showLost() {
  showState('lost', 'The page’s server does not answer. What you see is how it was; the page comes back by itself.');
}

export function showBack() {
  if (status) showStatus(status);
}

export function showStatus(message) {
  const remine = models !== null && message.miningVersion !== status?.miningVersion;
  status = message;
  if (remine) showModels(models);
  showReplicas(message);
  showState(message.state, message.reason);
  say(byId('network'), message.network);
  say(byId('figure-images'), whole(message.images));
  say(byId('figure-speed'), whole(Math.round(message.imagesPerSecond)));
  say(byId('figure-version'), message.modelVersion === null ? '–' : whole(message.modelVersion));
  say(byId('figure-lag'), message.lag === null ? '–' : whole(message.lag));
  const memory = byId('figure-memory');
  memory.replaceChildren(whole(message.memorySize), make('small', {}, ' of ' + whole(message.memoryClasses) + ' classes'));
  say(byId('figure-letters'), whole(message.deadLetters));
  showLetters(message);
  showLedger(message.ledger);
  const flink = byId('flink');
  flink.hidden = message.flinkPage === null;
  if (message.flinkPage) flink.href = message.flinkPage;
  const alarm = byId('collapse');
  alarm.hidden = !message.collapsed;
  say(alarm, message.collapsed ? 'embedding collapsed' : '');
  tick();
}

/** The choice of replicas, where there is one. */
function showReplicas({replica, replicas}) {
  const select = byId('replica');
  if (isNews('replicas', replicas)) {
    select.replaceChildren(...replicas.map((number) => make('option', {value: number}, number)));
    byId('replica-choice').hidden = replicas.length < 2;
  }
  if (replica !== null && document.activeElement !== select) select.value = replica;
}

/** Ages grow without any message. */
export function tick() {
  if (!status) return;
  say(byId('figure-checkpoint'), status.checkpointAt === null ? '–' : age(status.checkpointAt) + ' ago');
}

/** What has become of every record, as of the newest reports. */
function showLedger(ledger) {
  const line = byId('ledger');
  line.hidden = ledger === null;
  if (ledger === null) return;
  const parts = [[ledger.images, 'images'], [ledger.removals, 'removals'], [ledger.questions, 'questions'], [ledger.deadLetters, 'dead letters'], [ledger.waiting, 'waiting']];
  line.dataset.state = ledger.unaccounted === 0 ? 'whole' : 'degraded';
  say(line, whole(ledger.read) + ' records read = ' + parts.map(([count, what]) => whole(count) + ' ' + what).join(' + ')
    + (ledger.unaccounted === 0 ? '' : ' + ' + whole(ledger.unaccounted) + ' unaccounted for'));
}

function showLetters(message) {
  if (!isNews('letters', [message.deadLetterReasons, message.lastDeadLetters])) return;
  const list = byId('letter-list');
  if (message.deadLetters === 0) {
    list.replaceChildren(make('p', {}, 'Every record could be used.'));
    return;
  }
  list.replaceChildren(
    ...message.deadLetterReasons.map(({reason, count}) => make('p', {}, make('b', {}, whole(count)), ' × ' + reason)),
    ...message.lastDeadLetters.map((text) => make('p', {class: 'empty'}, text)));
}

export function showModels(message) {
  models = message;
  const rows = message.newest;
  const newest = rows[0]?.version;
  const mining = status?.miningVersion;
  say(byId('models-hint'), rows.length === 0 ? 'None published yet.'
    : whole(message.published) + ' published. Mining uses one that is a few windows old, by design.');
  showRelease(message.release);
  byId('model-rows').replaceChildren(...rows.map((model) => make('tr', {},
    make('td', {}, make('b', {}, 'v' + model.version),
      model.version === newest ? make('span', {class: 'tag newest'}, 'newest') : null,
      model.version === message.release?.live ? make('span', {class: 'tag live'}, 'live') : null,
      message.release?.quarantined.includes(model.version) ? make('span', {class: 'tag'}, 'quarantined') : null,
      model.version === mining ? make('span', {class: 'tag'}, 'mining') : null),
    make('td', {}, clock(model.createdAt)),
    make('td', {class: 'number'}, three(model.heldOut)),
    make('td', {class: 'number'}, three(model.gallery)),
    make('td', {class: 'number'}, size(model.bytes)),
    make('td', {}, make('a', {href: address('api/model', {version: model.version}), download: '', title: 'sha256 ' + model.sha256,
      'aria-label': 'Download version ' + model.version}, '↓')))));
}

/** Which model is live, and what testing before training has shown of the one that may follow. */
function showRelease(release) {
  const line = byId('release');
  line.hidden = release === null;
  if (release === null) return;
  const {live, policy, held, verdict, quarantined, evidence} = release;
  const parts = ['v' + live + ' is live, ' + (held ? 'held by command' : 'policy ' + policy) + '.'];
  if (evidence) {
    const {tested, gained, lost} = evidence.all;
    const difference = tested === 0 ? 0 : (gained - lost) / tested;
    parts.push('v' + evidence.candidate + ' is on trial: of ' + whole(tested) + ' images ' + whole(gained) + ' found their class under it alone, '
      + whole(lost) + ' under v' + evidence.against + ' alone (' + (difference < 0 ? '−' : '+') + (100 * Math.abs(difference)).toFixed(1)
      + ' %); evidence of harm ' + (evidence.harm ?? NaN).toFixed(1) + ', and 400 quarantines.');
  } else if (verdict === 'quarantined') {
    parts.push('The last candidate is quarantined.');
  }
  if (quarantined.length > 0) parts.push('Never released: ' + quarantined.slice(-5).map((version) => 'v' + version).join(', ') + '.');
  say(line, parts.join(' '));
}

function role(caption, id, label) {
  return make('figure', {}, picture(id, label), make('figcaption', {title: id}, make('b', {}, label), caption));
}

function outcome(title, right, {image, label, found, foundLabel, wanted}) {
  return make('div', {class: right ? 'right' : 'wrong'},
    make('h3', {}, make('span', {class: 'mark'}, right ? '✓ ' : '✗ '), title),
    make('div', {class: 'looked-up'},
      role('looked up', image, label),
      role('nearest', found, foundLabel),
      right ? null : role('nearest of its class', wanted, label)));
}

/** One image of the classes that are never streamed that finds its class, and one that does not. */
export function showHeldOut(result) {
  const place = byId('held-out');
  place.hidden = result === null;
  if (result === null || !isNews('held-out', result)) return;
  place.replaceChildren(...[
    result.hit && outcome('held out, found', true, result.hit),
    result.miss && outcome('held out, missed', false, result.miss),
  ].filter(Boolean));
}

export function showHardest(cases) {
  if (!isNews('hardest', cases)) return;
  if (cases.length === 0) {
    byId('hard-list').replaceChildren(make('p', {class: 'empty'}, 'None yet.'));
    return;
  }
  byId('hard-list').replaceChildren(...cases.map(({window, quadruplet: q}) => make('article', {class: 'card'},
    make('div', {class: 'four'},
      role('anchor', q.anchor, q.label),
      role('positive', q.positive, q.label),
      role('negative', q.negative, q.negativeLabel),
      q.secondNegative && role('negative 2', q.secondNegative, q.secondNegativeLabel)),
    make('p', {class: 'distances'},
      make('span', {title: 'anchor and positive: should be small'}, 'same ', make('b', {}, three(q.positiveDistance))),
      make('span', {title: 'anchor and negative: should be large'}, 'other ', make('b', {}, three(q.negativeDistance))),
      make('span', {title: 'second negative and negative: should be large'}, 'others ', make('b', {}, three(q.secondNegativeDistance))),
      make('span', {class: 'where'}, 'window ' + whole(window))))));
}

export function showClasses(map) {
  if (!isNews('classes', [map.confusions, map.arrivals])) return;
  byId('confusion-list').replaceChildren(...(map.confusions.length === 0 ? [make('li', {class: 'empty'}, 'None yet.')]
    : map.confusions.map((pair) => make('li', {},
      picture(pair.image, pair.label), picture(pair.neighbour, pair.takenFor),
      make('span', {title: pair.label + ' taken for ' + pair.takenFor}, pair.label + ' → ' + pair.takenFor),
      make('span', {class: 'count'}, pair.count + ' ×')))));
  byId('arrival-list').replaceChildren(...(map.arrivals.length === 0 ? [make('li', {class: 'empty'}, 'None yet.')]
    : map.arrivals.map((arrival) => make('li', {},
      picture(arrival.image, arrival.label), make('span', {title: arrival.label}, arrival.label),
      make('span', {class: 'count'}, arrival.at > 0 ? clock(arrival.at) : '')))));
}
