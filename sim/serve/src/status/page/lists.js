// The lists: connections, invocations, rows and events.

let state = null;

function drawConnections({ some, all }) {
  set($('connections-count'), count(all, 'connection', 'connections'));
  sync($('connections'), some, (it) => it.id, createConnection, updateConnection);
  $('connections').closest('table').hidden = all === 0;
  $('connections-empty').hidden = all > 0;
  set($('connections-more'), and(all - some.length, ''));
}

function createConnection() {
  const row = make('tr');
  const name = make('th', 'main-word');
  name.scope = 'row';
  row.append(name);
  for (let column = 0; column < 6; column += 1) row.append(make('td', column > 3 ? 'number' : ''));
  return row;
}

function updateConnection(row, it) {
  const age = time(state.now_ms - it.since_ms);
  const words = [
    it.name, it.id, it.is_open ? age : `pending for ${age}`, time(it.idle_ms), it.from,
    it.messages_in, it.messages_out,
  ];
  words.forEach((word, column) => set(row.children[column], word));
}

function drawInvocations({ some, all }) {
  set($('invocations-count'), count(all, 'invocation', 'invocations'));
  sync($('invocations'), some, (it) => it.number, createInvocation, updateInvocation);
  $('invocations-empty').hidden = all > 0;
  set($('invocations-more'), and(all - some.length, ' before'));
}

function createInvocation(it) {
  const item = make('li');
  const details = make('details');
  const summary = make('summary');
  summary.append(
    make('bdi', 'main-word', it.name), make('bdi', '', it.route), make('bdi', 'said'),
    make('span', 'faded took'), make('span', 'faded lines'),
  );
  const note = make('p', 'note');
  note.textContent = say(`${it.function}, request ${it.request}, at ${clock(state.server, it.since_ms)}`);
  details.append(summary, note, make('pre', 'log'));
  details.addEventListener('toggle', () => { if (details.open) fetchLog(item); });
  item.append(details);
  return item;
}

function updateInvocation(item, it) {
  const said = item.querySelector('.said');
  set(said, it.status);
  said.className = `said ${it.is_good ? (it.took_us === null ? 'faded' : 'good-word') : 'bad-word'}`;
  set(item.querySelector('.took'), it.took_us === null ? '' : time(it.took_us / 1000));
  set(item.querySelector('.lines'), it.lines === 0 ? '' : count(it.lines, 'line', 'lines'));
  const isNew = item.dataset.lines !== String(it.lines);
  item.dataset.lines = it.lines;
  if (isNew && item.querySelector('details').open) fetchLog(item);
}

async function fetchLog(item) {
  const log = item.querySelector('.log');
  try {
    const answer = await fetch(`/api/log?number=${item.dataset.key}`);
    if (!answer.ok) return set(log, 'Its log is not kept any more.');
    const { lines, left_out: leftOut } = await answer.json();
    const more = leftOut > 0 ? [and(leftOut, '')] : [];
    log.textContent = lines.concat(more).map(say).join('\n') || 'It logged nothing.';
  } catch {
    set(log, 'The server did not answer.');
  }
}

/** The key after which the page of rows begins, as JSON; and that of the next page. */
const rows = { after: null, next: null, table: '' };

function drawTables(tables) {
  const select = $('table');
  const option = (it) => {
    const made = make('option', '', it.name);
    made.value = it.name;
    return made;
  };
  sync(select, tables, (it) => it.name, option, () => {});
  const chosen = tables.find((it) => it.name === select.value);
  set($('rows-count'), chosen ? count(chosen.rows, 'row', 'rows') : '');
  if (select.value !== rows.table) Object.assign(rows, { table: select.value, after: null });
}

async function drawRows() {
  if (rows.table === '') return;
  const query = new URLSearchParams({ table: rows.table });
  if (rows.after !== null) query.set('after', rows.after);
  const answer = await fetch(`/api/rows?${query}`);
  if (!answer.ok) {
    rows.after = null;
    return;
  }
  const page = await answer.json();
  rows.next = page.next === null ? null : JSON.stringify(page.next);
  sync($('rows'), page.rows, (it) => it.key, createRow, updateRow);
  $('rows-empty').hidden = page.rows.length > 0;
  $('first-rows').setAttribute('aria-disabled', String(rows.after === null));
  $('next-rows').setAttribute('aria-disabled', String(rows.next === null));
}

function createRow(it) {
  const item = make('li');
  const details = make('details');
  const summary = make('summary');
  summary.append(make('bdi', '', it.key));
  details.append(summary, make('pre', 'item'));
  item.append(details);
  return item;
}

// The row of a connection may come before the page has heard of that connection.
function nameRow(item, it) {
  if (item.querySelector('.main-word') !== null) return;
  const connection = state.connections.some.find((known) => it.key.split(' | ').includes(known.id));
  if (connection) item.querySelector('summary').prepend(make('bdi', 'main-word', connection.name));
}

function updateRow(item, it) {
  nameRow(item, it);
  const pre = item.querySelector('.item');
  if (pre.dataset.item === it.item) return;
  pre.dataset.item = it.item;
  let shown = it.item;
  try {
    shown = JSON.stringify(JSON.parse(it.item), null, 1);
  } catch {
    // It is long, and was cut.
  }
  pre.textContent = say(shown);
}

function drawEvents() {
  const { some, all } = state.events;
  const wanted = $('find').value.trim().toLowerCase();
  const words = (it) => `${it.number} ${it.who} ${it.what} ${it.result} ${it.ids.join(' ')}`;
  const found = some.filter((it) => wanted === '' || words(it).toLowerCase().includes(wanted));
  set($('events-count'), wanted === '' ? count(all, 'event', 'events')
    : `${found.length} of the latest ${some.length}`);
  const key = (it) => `${state.server}-${it.number}`;
  sync($('events'), found, key, createEvent, () => {});
  $('events-empty').hidden = found.length > 0;
  set($('events-more'), wanted === '' ? and(all - some.length, ' before') : '');
}

function createEvent(it) {
  const item = make('li');
  const at = make('span', 'at', `${it.number}  ${clock(state.server, it.at_us / 1000)}`);
  const words = make('span');
  const cause = it.cause === null ? '' : ` after ${it.cause}`;
  words.append(make('bdi', 'main-word', it.who), ' ', make('bdi', '', it.what), ' ',
    make('bdi', 'faded', it.result), make('span', 'faded', cause));
  item.title = say(it.ids.map(([name, id]) => `${name} is ${id}`).join('\n'));
  item.append(at, words);
  return item;
}
