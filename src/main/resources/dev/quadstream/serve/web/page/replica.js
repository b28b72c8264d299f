// Which replica of the run the page looks at. The address keeps it, so that a link and a reload do too.

/** The replica that people asked for, or null for the first one. */
export function asked() {
  const match = /^#replica=([0-9]{1,9})$/.exec(location.hash);
  return match ? Number(match[1]) : null;
}

/** Asks for a replica from now on. */
export function ask(number) {
  history.replaceState(null, '', '#replica=' + number);
}
