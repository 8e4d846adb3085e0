// Sends the events of one view in the page to the kernel.
export default {
  render({ model }) {
    const hear = ({ detail: { key, name, detail } }) => {
      if (key === model.get("key")) model.send({ name, detail });
    };
    document.addEventListener("workbook-event", hear);
    return () => document.removeEventListener("workbook-event", hear);
  },
};
