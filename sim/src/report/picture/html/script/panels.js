// What stands beside the drawing: the step in words, and the world after it.

// An element with children; texts are never read as HTML.
function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

// Whether a button does anything. It keeps the focus where it does not: whoever goes on with it to
// the last step goes on from there.
function allow(id, isAllowed) {
  find(id).setAttribute("aria-disabled", String(!isAllowed));
}

function linkTo(number) {
  const link = make("a", "", `step ${number}`);
  link.href = `#step-${number}`;
  return link;
}

function sentence(step) {
  const result = step.result ? `: ${step.result}` : "";
  return `${step.who} ${step.what}${result}`;
}

function wordsOf(step) {
  const time = make("small", "", ` of ${steps.length}, at ${step.at} ms`);
  const said = make("p", "said", make("span", "who", step.who), ` ${step.what}`);
  if (step.result) said.append(": ", make("span", "result", step.result));
  const words = [make("h2", "", `Step ${step.number}`, time), said, ...callNote(step)];
  if (step.cause && step.cause !== sentOf(step)?.number) {
    words.push(note("", "caused by ", linkTo(step.cause)));
  }
  words.push(...step.deviations.map(deviationNote));
  if (step.number === data.broken) words.push(note("broken", "Here the promise broke."));
  if (step.outside) words.push(note("", "It has no part in what led to the broken promise."));
  return words;
}

const note = (kind, ...children) => make("p", `note ${kind}`, ...children);

// What the call is that a service carried out, or answered.
function callNote(step) {
  const sent = sentOf(step);
  if (!sent || sent === step) return [];
  return [note("", `the call is ${sent.what}, sent in `, linkTo(sent.number))];
}

// The step in which the call that a step is about was sent.
function sentOf({ raw: { call } }) {
  return call && steps.find((step) => step.raw.call === call && step.raw.request_text);
}

const deviationNote = ({ text, meaning }) =>
  note("deviation", make("b", "", "* deviation "), make("code", "", text), " ", meaning);

function showWords(step) {
  find("words").replaceChildren(...wordsOf(step));
  const deviations = step.deviations.map(({ meaning }) => ` Deviation: ${meaning}`);
  const broken = step.number === data.broken ? " Here the promise broke." : "";
  const announced = `Step ${step.number} of ${steps.length}. ${sentence(step)}.`;
  find("announcement").textContent = announced + deviations.join("") + broken;
}

// A list is narrowed to the clients who were chosen where its names are those of connections.
const belongs = {
  connections: (name) => isOfChosen(name),
  rows: (name) => isOfChosen(name),
  calls: () => true,
  functions: () => true,
};

function isOfChosen(name) {
  const client = data.clients.indexOf(name.replace(/[0-9]+$/, ""));
  return view.chosen.size === 0 || client < 0 || view.chosen.has(client);
}

function showWorld(step) {
  const world = worldAt(step.number);
  for (const list of Object.keys(belongs)) {
    const items = [...world[list].values()].filter((item) => belongs[list](item.name));
    showList(list, items, step);
  }
}

// What is to be seen of each list: lines by their names. Only lines that differ are made anew, as
// two hundred clients make for hundreds of lines of which a step changes one or two.
const shown = { connections: new Map(), rows: new Map(), calls: new Map(), functions: new Map() };

function showList(list, items, step) {
  const lines = new Map(items.map((item) => [item.name, lineFor(item, step)]));
  shown[list] = lines;
  const count = items.filter((item) => item.how !== "ends").length;
  find(`${list}-count`).textContent = count || "none";
  const body = find(list);
  put(body, [...lines.values()].map(({ line }) => line));
  const changed = body.querySelector(".changed");
  if (changed) body.scrollTop = changed.offsetTop - body.offsetTop - 24;
}

// Gives an element these children, and touches none that stays where it is.
function put(parent, children) {
  children.forEach((child, place) => {
    const there = parent.children[place];
    if (there !== child) parent.insertBefore(child, there ?? null);
  });
  while (parent.children.length > children.length) parent.lastElementChild.remove();
}

// The line of an item: the one that is there already, if it would say the same.
function lineFor(item, step) {
  const said = {
    mark: item.changed === step.number ? markOf(item) : "",
    words: item.about ? `${item.about}, ${item.state}` : item.state,
    since: item.how === "ends" || item.since === step ? null : item.since.number,
    times: timesOf(item, step),
  };
  const key = JSON.stringify(said);
  const before = shown[item.list].get(item.name);
  return before?.key === key ? before : { key, line: lineOf(item, said) };
}

function lineOf(item, { mark, words, since, times }) {
  const line = make("li", "", make("span", "name", item.name), " ");
  line.classList.toggle("changed", mark !== "");
  line.classList.toggle("ended", item.how === "ends");
  line.classList.toggle("over", /^(closed|refused|never|removed)/.test(item.state));
  if (mark) line.append(make("span", "mark", mark), " ");
  line.append(words);
  if (since) line.append(make("span", "since", ", since ", linkTo(since)));
  if (times) line.append(make("span", "since", times));
  return line;
}

function markOf(item) {
  if (item.how === "ends") return "over";
  return item.isNew ? "new" : "changed";
}

// How long a call has been under way, and how long a function has left.
function timesOf(item, step) {
  if (item.how === "ends") return "";
  if (item.list === "calls" && item.since === step) return "";
  if (item.list === "calls") return `, for ${duration(step.at_us - item.since.at_us)}`;
  if (item.due_us === undefined) return "";
  return `, ${duration(Math.max(0, item.due_us - step.at_us))} left`;
}

// The event as it is, and what went over the wire as it went.
function showRaw(step) {
  if (!find("raw").open) return;
  const parts = [make("pre", "", JSON.stringify(step.raw, null, 2))];
  for (const [title, text] of wiresOf(step)) {
    parts.push(make("h2", "", title), make("pre", "", text));
  }
  find("raw-content").replaceChildren(...parts);
}

function wiresOf(step) {
  const { raw } = step;
  const sent = sentOf(step);
  if (sent) return [["The request on the wire", sent.raw.request_text]];
  if (raw.kind === "FrameReceived") return [["The text of the message", raw.body]];
  const text = raw.content?.Broadcast?.text ?? raw.content?.Text;
  return text === undefined ? [] : [["The text of the message", text]];
}

