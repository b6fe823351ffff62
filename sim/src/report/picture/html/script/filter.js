// The clients whose steps are to be seen.

const chips = data.clients.map((name, client) => {
  const box = make("input", "");
  box.type = "checkbox";
  box.addEventListener("change", () => choose(client, box.checked));
  return { name, box, label: make("label", "chip", box, name) };
});

function choose(client, isChosen) {
  if (isChosen) view.chosen.add(client);
  else view.chosen.delete(client);
  afterChoosing();
}

function chooseAll() {
  view.chosen.clear();
  for (const { box } of chips) box.checked = false;
  afterChoosing();
}

function afterChoosing() {
  const names = [...view.chosen].map((client) => data.clients[client]);
  find("chosen").textContent = names.length ? names.join(", ") : "all";
  allow("all", names.length > 0);
  dim();
  show(nearest(view.number));
}

function narrow() {
  const wanted = find("narrow").value.trim().toLowerCase();
  for (const { name, label } of chips) label.hidden = !name.includes(wanted);
}

// The one client that is left, or the one of this very name, is chosen with Enter.
function chooseNarrowed() {
  const shown = chips.filter(({ label }) => !label.hidden);
  const exact = shown.find(({ name }) => name === find("narrow").value.trim().toLowerCase());
  const chip = exact ?? (shown.length === 1 ? shown[0] : null);
  chip?.box.click();
}

function openFilter() {
  find("filter").open = true;
  find("narrow").focus();
  find("narrow").select();
}

