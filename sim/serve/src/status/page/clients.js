// The clients of this page: WebSockets to the gateway.

const clients = [];
let clientsMade = 0;

/** How many messages of a client stay on the page. */
const MESSAGES_MAX = 200;

function connect() {
  if (state === null) return;
  clientsMade += 1;
  const client = { number: clientsMade, name: `client ${clientsMade}`, socket: null, is: 'connecting' };
  const host = location.hostname;
  client.socket = new WebSocket(`ws://${host}:${state.gateway_port}/`);
  client.socket.binaryType = 'arraybuffer';
  client.socket.addEventListener('open', () => {
    client.is = 'open';
    announce(`${client.name} is connected`);
    drawClients();
  });
  client.socket.addEventListener('message', ({ data }) => {
    const text = typeof data === 'string' ? data : `${data.byteLength} bytes of binary`;
    note(client, text, 'came');
    announce(`${client.name} got ${cut(text, 200)}`);
  });
  client.socket.addEventListener('close', ({ code, reason }) => {
    const wasOpen = client.is !== 'connecting';
    client.is = 'closed';
    const why = wasOpen ? `closed, ${code} ${reason}` : 'was not let in';
    note(client, why, 'end');
    announce(`${client.name} ${why}`);
    drawClients();
  });
  clients.push(client);
  drawClients();
  $('from').value = String(client.number);
}

function drawClients() {
  const open = clients.filter((it) => it.is === 'open');
  set($('clients-count'), open.length === 0 ? 'none connected' : `${open.length} connected`);
  const select = $('from');
  const chosen = select.value;
  const sender = (it) => {
    const option = make('option', '', it.name);
    option.value = it.number;
    return option;
  };
  const nobody = { number: '', name: 'no client is connected' };
  sync(select, open.length === 0 ? [nobody] : open, (it) => `sender ${it.number}`, sender, () => {});
  if (open.some((it) => String(it.number) === chosen)) select.value = chosen;
  else select.selectedIndex = select.options.length - 1;
  select.disabled = open.length === 0;
  const cannot = String(open.length === 0);
  $('send').setAttribute('aria-disabled', cannot);
  $('broadcast').setAttribute('aria-disabled', String(open.length === 0 || !state?.broadcast));
  sync($('clients'), clients, (it) => it.number, createCard, updateCard);
}

function createCard(client) {
  const card = make('li');
  const title = make('div', 'title');
  const name = make('span');
  name.append(make('span', 'main-word', client.name), ' ', make('span', 'faded is'));
  const button = make('button', '', 'Close');
  button.type = 'button';
  button.addEventListener('click', () => part(client));
  title.append(name, button);
  const got = make('ul', 'got');
  got.tabIndex = 0;
  got.setAttribute('aria-label', `What ${client.name} sent and got`);
  card.append(title, got);
  return card;
}

function updateCard(card, client) {
  set(card.querySelector('.is'), client.is);
  const button = card.querySelector('button');
  set(button, client.is === 'closed' ? 'Remove' : 'Close');
  button.setAttribute('aria-label', `${button.textContent} ${client.name}`);
}

/** Closes a client, or takes one away that is closed. */
function part(client) {
  if (client.is !== 'closed') {
    client.socket.close(1000);
    return;
  }
  clients.splice(clients.indexOf(client), 1);
  drawClients();
  $('connect').focus();
}

function note(client, text, className) {
  const got = $('clients').querySelector(`[data-key="${client.number}"] .got`);
  if (got === null) return;
  const line = make('li', className);
  line.append(make('bdi', '', text === '' ? '(an empty text)' : text));
  got.append(line);
  if (got.children.length > MESSAGES_MAX) got.firstElementChild.remove();
  got.scrollTop = got.scrollHeight;
}

function chosenClient() {
  return clients.find((it) => it.is === 'open' && String(it.number) === $('from').value);
}

/** Sends what is written, as a broadcast or as it is. */
function send(isBroadcast) {
  const client = chosenClient();
  if (client === undefined) {
    announce('No client is connected');
    return;
  }
  const written = $('message').value;
  if (isBroadcast && !state.broadcast) return;
  const text = isBroadcast ? state.broadcast.join(JSON.stringify(written)) : written;
  client.socket.send(text);
  note(client, text, 'sent');
}

$('connect').addEventListener('click', connect);
$('send').addEventListener('click', () => send(false));
$('say').addEventListener('submit', (event) => {
  event.preventDefault();
  send(true);
});
