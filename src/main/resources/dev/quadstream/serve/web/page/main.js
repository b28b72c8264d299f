import * as charts from './charts.js';
import {byId} from './dom.js';
import {EmbeddingMap} from './embedding-map.js';
import {showFeedback} from './feedback.js';
import {acceptUploads, showNeighbours, showSelection} from './neighbours.js';
import {showBack, showClasses, showHardest, showHeldOut, showLost, showModels, showStatus, tick} from './panels.js';
import {ask} from './replica.js';
import {follow} from './stream.js';

charts.start();
const map = new EmbeddingMap(showNeighbours, showSelection);
acceptUploads(() => map.version(), () => map.forget());

for (const button of document.querySelectorAll('[data-axis]')) {
  button.addEventListener('click', () => {
    for (const other of document.querySelectorAll('[data-axis]')) other.setAttribute('aria-pressed', String(other === button));
    charts.setAxis(button.dataset.axis);
  });
}

const connect = follow({
  status: showStatus,
  history: charts.addHistory,
  hardest: showHardest,
  heldOut: showHeldOut,
  feedback: showFeedback,
  models: (message) => {
    showModels(message);
    charts.setModels(message);
  },
  map: (message) => {
    map.setFrames(message.frames, message.live, message.problem);
    showClasses(message);
    if (message.confusions.length > 0) map.suggest(message.confusions[0].image);
  },
}, showLost, showBack);

byId('replica').addEventListener('change', (event) => {
  ask(event.target.value);
  connect();
});
addEventListener('hashchange', connect);

setInterval(tick, 1000);
