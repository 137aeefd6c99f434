from pathlib import Path

from tfmigrate.workers.crew import Crew

FIXTURES = Path(__file__).parents[1] / "fixtures"


def test_a_worker_reads_the_graph_and_the_order_of_objects():
    with Crew(tensorflow=False) as crew:
        graph = crew.outline(FIXTURES / "tf1_names_ckpt/model.ckpt-10")
        objects = crew.outline(FIXTURES / "drafting/subclassed/w")
        alone = crew.outline(FIXTURES / "tf1_names_ckpt/v1/model.ckpt-10")
    assert graph["graph"]["outline"]["inputs"][0]["name"] == "images"
    assert (graph["order"], objects["graph"]) == ([], None)
    names = [key.partition("/")[0] for key in objects["order"]]
    assert list(dict.fromkeys(names)) == ["stem", "rnn", "attend", "head"]
    assert alone == {"graph": None, "order": []}
