// The whole of what a tool does: hand the component a way to get a token, and listen.

const component = document.querySelector('samspil-plan');
const said = document.querySelector('#said');

// The token goes from the tool's own server into the component, and nowhere else.
component.getToken = async () => (await (await fetch('/token')).text()).trim();

component.addEventListener('samspil-error', ({ detail }) => {
  if (detail.kind === 'expired') said.textContent = 'Log ind igen.';
});
component.addEventListener('samspil-open-journal', (event) => {
  event.preventDefault();
  said.textContent = `Her ville værktøjet åbne sagen i ${event.detail.source}.`;
});
