// Texts, and the parts of the page. Data is never markup: all of it goes through `say`, and into the
// page as text.

const $ = (id) => document.getElementById(id);

/** How much of a text is shown at once, in characters. */
const SHOWN_MAX = 2000;

/** Characters that cannot be seen, or that turn the direction of those around them. */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** A text as people can read it, whatever is in it. */
function say(text) {
  const whole = String(text);
  const shown = whole.length > SHOWN_MAX ? cut(whole, SHOWN_MAX) : whole;
  const seen = shown.replace(UNSEEN, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);
  return whole.length > SHOWN_MAX ? `${seen}\u2026 (${whole.length} characters)` : seen;
}

/** The beginning of a text, without half a character at its end. */
function cut(text, length) {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}

/** An element with a class and a text. */
function make(name, className = '', text = '') {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== '') element.textContent = say(text);
  return element;
}

/** Sets a text, if it is another one: an equal one would be read out again. */
function set(element, text) {
  const said = say(text);
  if (element.textContent !== said) element.textContent = said;
}

function count(number, one, many) {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

function and(number, what) {
  return number > 0 ? `and ${number.toLocaleString('en')} more${what}` : '';
}

/** A length of time, from milliseconds. */
function time(ms) {
  if (ms > 0 && ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 3600000) return `${Math.floor(ms / 60000)} min ${Math.floor((ms % 60000) / 1000)} s`;
  return `${Math.floor(ms / 3600000)} h ${Math.floor((ms % 3600000) / 60000)} min`;
}

/** A time of day, from milliseconds since the server started. */
function clock(server, ms) {
  const date = new Date(server + ms);
  const two = (number) => String(number).padStart(2, '0');
  const hours = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${hours}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** What was said last is read out to whoever cannot see the page; not more than once a second. */
const announce = (() => {
  let waiting = [];
  let timer = 0;
  const tell = () => {
    timer = 0;
    if (waiting.length === 0) return;
    const words = waiting.slice(0, 3).concat(waiting.length > 3 ? [and(waiting.length - 3, '')] : []);
    $('announcement').textContent = words.map(say).join('. ');
    waiting = [];
    timer = setTimeout(tell, 1000);
  };
  return (words) => {
    waiting.push(words);
    if (timer === 0) timer = setTimeout(tell, 50);
  };
})();

/**
 * Makes the children of a list those of the items, in their order. A child stays the same element
 * while its item has the same key, so that whoever reads or stands there is not disturbed.
 */
function sync(list, items, keyOf, create, update) {
  const known = new Map();
  for (const child of [...list.children]) known.set(child.dataset.key, child);
  let before = list.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    let child = known.get(key);
    known.delete(key);
    if (child === undefined) {
      child = create(item);
      child.dataset.key = key;
    }
    update(child, item);
    if (child === before) before = before.nextElementSibling;
    else list.insertBefore(child, before);
  }
  for (const child of known.values()) child.remove();
}
