import {asked} from './replica.js';

/**
 * Follows the server's events and comes back by itself, also where the browser would give up: it
 * does after an answer that is no event stream, as from a server that is only just starting.
 *
 * A page that nobody looks at lets go of its connection: browsers have only six for each server.
 *
 * Returns what connects anew, for when another replica is asked for.
 */
export function follow(handlers, onLost, onBack) {
  let source = null;
  let retry = null;

  const disconnect = () => {
    clearTimeout(retry);
    source?.close();
    source = null;
  };

  /** Connects anew, to the replica that is asked for now. */
  const connect = () => {
    disconnect();
    const opened = new EventSource('events' + (asked() === null ? '' : '?replica=' + asked()));
    source = opened;
    opened.onopen = onBack;
    opened.onerror = () => {
      if (opened !== source) return;
      onLost();
      if (opened.readyState === EventSource.CLOSED) retry = setTimeout(connect, 2000);
    };
    for (const [name, handle] of Object.entries(handlers)) {
      opened.addEventListener(name, (event) => handle(JSON.parse(event.data)));
    }
  };

  document.addEventListener('visibilitychange', () => (document.hidden ? disconnect() : connect()));
  if (!document.hidden) connect();
  return connect;
}
