// Which shard of the run the page looks at. The address keeps it, so that a link and a reload do too.

let shown = null;

/** The shard that people asked for, or null for the first one. */
export function asked() {
  const match = /^#shard=([0-9]{1,9})$/.exec(location.hash);
  return match ? Number(match[1]) : null;
}

/** Asks for a shard from now on. */
export function ask(number) {
  history.replaceState(null, '', '#shard=' + number);
}

/** Notes which one the server tells of; returns whether that is another one than before. */
export function note(number) {
  const other = number !== shown;
  shown = number;
  return other;
}

/** The address of something of the shard that is shown. */
export function address(path, parameters) {
  const query = new URLSearchParams(shown === null ? parameters : {shard: shown, ...parameters});
  return path + '?' + query;
}
