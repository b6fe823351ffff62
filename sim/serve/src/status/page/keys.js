// Keys, and the colours of the page.

function theme() {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const chosen = document.documentElement.dataset.theme || (dark ? 'dark' : 'light');
  document.documentElement.dataset.theme = chosen === 'dark' ? 'light' : 'dark';
  nameTheme();
}

/** The button says what it would change to. */
function nameTheme() {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const chosen = document.documentElement.dataset.theme || (dark ? 'dark' : 'light');
  set($('theme'), chosen === 'dark' ? 'Light' : 'Dark');
}

/** What can take the focus in each part of the page. */
const PLACES = ['#connect', '#connected .scroll', '#stored .scroll', '#diagram', '#invoked .scroll',
  '#happened .scroll'];

const LETTERS = {
  c: connect,
  m: () => $('message').focus(),
  p: pause,
  t: theme,
  '/': () => $('find').focus(),
  '?': () => $('keys').showModal(),
};

function onKey(event) {
  const { key, ctrlKey, metaKey, altKey, shiftKey, target } = event;
  if (target.id === 'message' && key === 'Enter' && (ctrlKey || metaKey)) {
    event.preventDefault();
    send(!shiftKey);
    return;
  }
  const isWriting = target.matches('input:not([type="checkbox"]), textarea, select');
  if (isWriting || ctrlKey || metaKey || altKey || $('keys').open || !$('letters').checked) return;
  const place = PLACES[Number(key) - 1];
  const act = place ? () => document.querySelector(place).focus() : LETTERS[key];
  if (act === undefined || (key.length > 1)) return;
  event.preventDefault();
  act();
}

document.addEventListener('keydown', onKey);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', nameTheme);
nameTheme();
$('theme').addEventListener('click', theme);
$('help').addEventListener('click', () => $('keys').showModal());
