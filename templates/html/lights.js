const lit = [];
const light = nodes => {
  for (const node of lit.splice(0)) node.classList.remove("lit");
  for (const node of nodes) { node.classList.add("lit"); lit.push(node) }
};
const all = names => names.length ? document.querySelectorAll(names.map(name => "." + name).join()) : [];
const from = notes => [notes[0], ...all(notes.flatMap(note => ["f" + note.id.slice(1), note.hash.slice(1)]))];
const about = node => {
  const names = [...node.classList];
  const notes = names.filter(name => name[0] === "f").map(name => document.getElementById("n" + name.slice(1))).filter(Boolean);
  if (notes.length) return from(notes);
  const reads = names.filter(name => name[0] === "r");
  return all([...reads, ...reads.map(name => "g" + name.slice(1))]);
};
addEventListener("pointerover", event => {
  const node = event.target.closest("mrow[class]");
  if (node || lit.length) light(node ? about(node) : []);
});
addEventListener("focusin", event => light(event.target.matches(".note") ? from([event.target]) : []));
addEventListener("focusout", () => light([]));
