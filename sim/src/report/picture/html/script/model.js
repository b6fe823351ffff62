"use strict";

// The run, and what is so at a step of it. Nothing here touches the page.

const find = (id) => document.getElementById(id);

const data = JSON.parse(find("data").textContent);
const steps = data.steps;

// Where the reader is: the number of a step, from 1, and what of the run is to be seen.
const view = { number: 1, isFolded: false, chosen: new Set() };

const stepOf = (number) => steps[number - 1];

// Everything by name, in the order in which it first came up.
function worldAt(number) {
  const world = {
    connections: new Map(),
    rows: new Map(),
    calls: new Map(),
    functions: new Map(),
  };
  for (const step of steps.slice(0, number)) {
    for (const change of step.changes) apply(world[change.list], change, step, number);
  }
  return world;
}

function apply(items, change, step, last) {
  const before = items.get(change.name);
  if (change.how === "ends" && step.number !== last) {
    items.delete(change.name);
    return;
  }
  const since = before && change.how !== "begins" ? before.since : step;
  items.set(change.name, {
    ...before,
    ...change,
    since,
    changed: step.number,
    isNew: !before,
  });
}

// The broken step is about whoever was let down, of whom it may say nothing.
const isAboutChosen = (step) =>
  view.chosen.size === 0 ||
  step.clients.length === 0 ||
  step.number === data.broken ||
  step.clients.some((client) => view.chosen.has(client));

// Whether a reader who goes forward or back comes by this step.
const isOnTheWay = (step) => !(view.isFolded && step.outside) && isAboutChosen(step);

// The number of the next step in a direction that is on the way and is as asked.
function next(number, direction, isAsked = () => true) {
  for (let at = number + direction; stepOf(at); at += direction) {
    if (isOnTheWay(stepOf(at)) && isAsked(stepOf(at))) return at;
  }
  return null;
}

// The step itself if it is on the way, or else the nearest one before it, or after it.
function nearest(number) {
  if (stepOf(number) && isOnTheWay(stepOf(number))) return number;
  return next(number, -1) ?? next(number, 1) ?? number;
}

const deviates = (step) => step.deviations.length > 0;

// Microseconds in words: with three digits below a second, as steps have them.
function duration(us) {
  if (us < 1e6) return `${(us / 1e3).toFixed(3)} ms`;
  if (us < 6e7) return `${(us / 1e6).toFixed(2)} s`;
  return `${Math.floor(us / 6e7)} min ${Math.floor((us % 6e7) / 1e6)} s`;
}

