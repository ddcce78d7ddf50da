def test_the_front_door_greets(client, settings) -> None:
    page = client.get("/")

    assert page.status_code == 200
    assert f"<h1>{settings.BSS.brand_name}</h1>" in page.text
