// The updates of the page: a stream announces changes, and then the page asks for its data, one
// request at a time.

const live = { isPaused: false, isAsking: false, isBehind: false, server: null, source: null };

function badge(words, className) {
  const element = $('live');
  set(element, words);
  element.className = `badge ${className}`;
}

/** Asks for everything, and again if there was a change meanwhile. */
async function refresh() {
  if (live.isPaused || live.isAsking) {
    live.isBehind = true;
    return;
  }
  live.isAsking = true;
  live.isBehind = false;
  try {
    const answer = await fetch('/api/state');
    if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
    state = await answer.json();
    draw();
    await Promise.all([drawRows(), drawDiagram()]);
    badge('live', 'good');
  } catch (error) {
    badge('the server does not answer', 'bad');
  }
  // A page that followed every change would do nothing but draw.
  setTimeout(() => {
    live.isAsking = false;
    if (live.isBehind) refresh();
  }, 400);
}

function draw() {
  const isAnother = live.server !== null && live.server !== state.server;
  if (isAnother) announce('The server was started anew');
  live.server = state.server;
  set($('app'), state.app);
  set($('where'), `at ws://${location.hostname}:${state.gateway_port}, since ${clock(state.server, 0)}`);
  drawConnections(state.connections);
  drawInvocations(state.invocations);
  drawTables(state.tables);
  drawEvents();
  drawClients();
}

async function drawDiagram() {
  if (state.events.all === 0) return;
  const place = $('diagram');
  const answer = await fetch('/api/diagram');
  if (!answer.ok) return;
  const drawn = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const isAtEnd = place.scrollTop + place.clientHeight >= place.scrollHeight - 40;
  const isFirst = place.querySelector('svg') === null;
  place.replaceChildren(...drawn.body.children);
  if (isFirst || isAtEnd) place.scrollTop = place.scrollHeight;
}

function listen() {
  const source = new EventSource('/api/live');
  live.source = source;
  source.addEventListener('message', refresh);
  source.addEventListener('error', () => {
    if ($('live').className !== 'badge bad') announce('The connection to the server is lost');
    badge('connection lost, trying again', 'bad');
    source.close();
    setTimeout(listen, 1000);
  });
}

// Ages go on while nothing happens.
setInterval(() => {
  if (live.isPaused || state === null || document.hidden) return;
  for (const it of state.connections.some) it.idle_ms += 1000;
  state.now_ms += 1000;
  drawConnections(state.connections);
}, 1000);

function pause() {
  live.isPaused = !live.isPaused;
  $('pause').setAttribute('aria-pressed', String(live.isPaused));
  set($('pause'), live.isPaused ? 'Go on' : 'Pause');
  badge(live.isPaused ? 'held still' : 'live', live.isPaused ? '' : 'good');
  if (!live.isPaused) refresh();
}

$('pause').addEventListener('click', pause);
$('find').addEventListener('input', () => { if (state !== null) drawEvents(); });
$('table').addEventListener('change', () => {
  Object.assign(rows, { table: $('table').value, after: null });
  draw();
  drawRows();
});
$('first-rows').addEventListener('click', () => {
  rows.after = null;
  drawRows();
});
$('next-rows').addEventListener('click', () => {
  if (rows.next === null) return;
  rows.after = rows.next;
  drawRows();
});
listen();
