// The drawings: which one is to be seen, which step is accented, and what is in sight.

const diagram = find("diagram");
const hasPast = find("past") !== null;

const drawing = () => find(view.isFolded ? "past" : "whole");

const drawnStep = (number) => find(`${view.isFolded ? "past" : "whole"}-${number}`);

function showDrawing() {
  find("whole").hidden = view.isFolded;
  if (hasPast) find("past").hidden = !view.isFolded;
  fit();
}

// A drawing may be this much smaller, where all of its lanes are in sight then.
const SCALE_MIN = 0.75;

// How many pixels of the page there are to one of the drawing.
let scale = 1;

function fit() {
  const images = drawing().querySelectorAll("svg");
  const width = images[0].viewBox.baseVal.width;
  const fitting = diagram.clientWidth / width;
  scale = fitting < SCALE_MIN ? 1 : Math.min(1, fitting);
  for (const image of images) image.style.width = `${width * scale}px`;
}

// A box over the drawing, not a style in it: to paint a drawing of thousands of steps anew takes
// longer than a reader who holds down a key would wait.
function accent(number) {
  const step = drawnStep(number);
  const current = find("current");
  current.hidden = !step;
  if (!step) return;
  const names = drawing().querySelector(".names").getBoundingClientRect().height;
  const { x, y, width, height } = step.querySelector(".target").getBBox();
  current.style.transform = `translate(${x * scale}px, ${names + y * scale}px)`;
  current.style.width = `${width * scale}px`;
  current.style.height = `${height * scale}px`;
  const drawn = step.querySelector("text").getBBox();
  const middle = (drawn.y + drawn.height / 2 - y) * scale;
  find("current-number").style.marginTop = `${middle - 11}px`;
  find("current-number").textContent = deviates(stepOf(number)) ? `* ${number}` : number;
}

function scrollToStep(number) {
  const step = drawnStep(number);
  if (!step) return;
  scrollDown(step.querySelector(".target"));
  scrollAside(step);
}

// The names of the lanes cover the upper edge. The step before and those after it stay in sight as
// well, wherever there is room.
function scrollDown(target) {
  const names = drawing().querySelector(".names").getBoundingClientRect().height;
  const top = target.y.baseVal.value * scale;
  const bottom = top + target.height.baseVal.value * scale + names;
  const room = Math.min(90, (diagram.clientHeight - names) / 4);
  const least = bottom + room - diagram.clientHeight;
  const most = Math.max(0, top - room);
  diagram.scrollTop = Math.min(most, Math.max(least, diagram.scrollTop));
}

// What is drawn of a step begins after its title, target, number and time. The tip of an arrow is
// where the arrow ends.
function scrollAside(step) {
  const drawn = [...step.children].slice(4).filter((child) => !child.matches(".tip"));
  const boxes = drawn.map((child) => child.getBBox());
  const left = (Math.min(...boxes.map((box) => box.x)) - 16) * scale;
  const right = (Math.max(...boxes.map((box) => box.x + box.width)) + 16) * scale;
  const width = diagram.clientWidth;
  // Numbers and times stand on the left: they are in sight whenever there is room for all.
  if (right <= width) diagram.scrollLeft = 0;
  else if (diagram.scrollLeft > left) diagram.scrollLeft = left;
  else if (diagram.scrollLeft + width < right) diagram.scrollLeft = Math.min(left, right - width);
}

// Marks the steps that are not about the clients who were chosen.
function dim() {
  for (const step of steps) {
    const isDimmed = !isAboutChosen(step);
    for (const id of [`whole-${step.number}`, `past-${step.number}`]) {
      find(id)?.classList.toggle("dimmed", isDimmed);
    }
  }
}

// The number of the step that was drawn where something was clicked.
function clickedStep(target) {
  const step = target.closest?.("g.step");
  return step ? Number(step.id.split("-")[1]) : null;
}

