"""What all interactives share: controls above a picture that is redrawn by moving artists, not by a new figure."""

import io

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from chainrule.plots import image_html


class Interactive(ipywidgets.VBox):
    """Controls, a sentence that says what to do with them, and a picture.

    The function that makes an interactive draws its figure once, names the artists that will move, and gives the plain
    function that moves them.

    Parameters
    ----------
    description : str
        What to try, in a sentence or two.
    controls : dict of str to ipywidgets widget
        Their values are handed to `redraw` by name. All can be reached and moved by keyboard.
    figure : matplotlib Figure
    moving : list of matplotlib artists
        Those that `redraw` changes; all others are drawn once. Titles, texts and legends may move, limits may not.
    redraw : callable
        `redraw(**values)` takes the controls' values by name, moves the artists, and returns the picture in words (its
        alternative text).
    """

    def __init__(self, description, controls, figure, moving, redraw):
        self.controls, self.figure, self.moving, self.redraw = controls, figure, moving, redraw
        for artist in moving:
            artist.set_animated(True)
        self.picture = ipywidgets.HTML()
        for control in controls.values():
            control.style = {"description_width": "initial"}
            control.observe(lambda change: self.refresh(), "value")
        text = ipywidgets.HTML(f"<p>{description}</p>")
        row = ipywidgets.HBox(list(controls.values()), layout={"flex_flow": "row wrap", "grid_gap": "0 1.5em"})
        super().__init__([text, row, self.picture])
        plt.close(figure)  # or the notebook would show it once more
        FigureCanvasAgg(figure)
        figure.set_dpi(100)
        figure.canvas.draw()
        figure.set_layout_engine("none")  # laid out once; to do so at each redraw would cost most of the time
        self.background = figure.canvas.copy_from_bbox(figure.bbox)
        self.refresh()

    @property
    def values(self):
        """The controls' values by name."""
        return {name: control.value for name, control in self.controls.items()}

    def refresh(self):
        """Redraw and show the picture."""
        self.alt = self.redraw(**self.values)
        self.picture.value = image_html(self.png(), self.alt)

    def png(self):
        """The picture as it stands, as PNG bytes."""
        canvas = self.figure.canvas
        canvas.restore_region(self.background)
        for artist in self.moving:
            self.figure.draw_artist(artist)
        buffer = io.BytesIO()
        Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB").save(buffer, "PNG", compress_level=1)
        return buffer.getvalue()

    def _repr_mimebundle_(self, **options):
        # Where no widget can run (the web book, a viewer), the picture as it first stands takes its place.
        bundle = super()._repr_mimebundle_(**options)
        return {**bundle, "text/html": self.picture.value, "text/plain": f"[interactive figure: {self.alt}]"}
