"""The words of the simulated shop: what it sells, and the names its customers bear."""

# Department: brands, then per category the nouns, the median price in EUR, the days one unit
# lasts (0: not used up) and the season in which it sells best.
DEPARTMENTS = {
    "Coffee & Tea": (
        ("Alder Mill", "Nordlicht", "Casa Rosso", "Peak & Pine"),
        {
            "Coffee beans": (("Espresso Beans", "Filter Beans", "Decaf Beans"), 13, 28, None),
            "Ground coffee": (("Ground Coffee", "Coffee Pads", "Cold Brew"), 9, 28, None),
            "Black tea": (("Assam", "Darjeeling", "Earl Grey"), 8, 45, None),
            "Herbal tea": (("Mint Tea", "Rooibos", "Chamomile"), 7, 45, "winter"),
            "Brewing gear": (("French Press", "Teapot", "Hand Grinder"), 35, 0, None),
        },
    ),
    "Pantry": (
        ("Terra Buona", "Field Day", "Kornblume", "Old Harbour"),
        {
            "Pasta": (("Spaghetti", "Penne", "Lasagne Sheets"), 4, 24, None),
            "Oil & vinegar": (("Olive Oil", "Balsamic", "Rapeseed Oil"), 13, 60, None),
            "Chocolate": (("Dark Chocolate", "Milk Chocolate", "Pralines"), 5, 18, "winter"),
            "Spices": (("Paprika", "Curry Blend", "Sea Salt"), 6, 90, None),
            "Preserves": (("Strawberry Jam", "Honey", "Pesto"), 6, 40, None),
        },
    ),
    "Pet care": (
        ("Pawsome", "Wolfgang & Co", "Whisker", "Happy Tails"),
        {
            "Dog food": (("Dry Dog Food", "Wet Dog Food", "Puppy Food"), 28, 28, None),
            "Cat food": (("Dry Cat Food", "Wet Cat Food", "Kitten Food"), 24, 24, None),
            "Treats": (("Dog Biscuits", "Cat Sticks", "Chew Bones"), 6, 24, None),
            "Litter": (("Clay Litter", "Wood Litter", "Silica Litter"), 14, 28, None),
            "Accessories": (("Leash", "Scratching Post", "Pet Bed"), 22, 0, None),
        },
    ),
    "Bath & Body": (
        ("Salt & Sage", "Lumière", "Moosgrün", "Kind Skin"),
        {
            "Hair care": (("Shampoo", "Conditioner", "Hair Mask"), 11, 55, None),
            "Soap": (("Bar Soap", "Hand Wash", "Shower Gel"), 6, 40, None),
            "Skin care": (("Body Lotion", "Face Cream", "Serum"), 17, 70, None),
            "Sun care": (("Sun Milk", "After Sun", "Sun Stick"), 15, 60, "summer"),
            "Candles": (("Scented Candle", "Tealights", "Diffuser"), 18, 60, "winter"),
        },
    ),
    "Baby": (
        ("Tiny Steps", "Sternchen", "Petit Ours", "Cloud Nine"),
        {
            "Nappies": (("Nappies", "Night Nappies", "Swim Nappies"), 22, 18, None),
            "Wipes": (("Wet Wipes", "Cotton Pads", "Changing Mats"), 7, 28, None),
            "Baby food": (("Fruit Puree", "Porridge", "Infant Milk"), 8, 14, None),
            "Baby clothing": (("Bodysuit", "Romper", "Baby Hat"), 19, 0, None),
            "Toys": (("Stacking Rings", "Plush Bear", "Wooden Train"), 24, 0, "winter"),
        },
    ),
    "Garden": (
        ("Greenfinger", "Erdreich", "Bramble", "Sunny Plot"),
        {
            "Seeds": (("Tomato Seeds", "Basil Seeds", "Wildflower Mix"), 4, 0, "spring"),
            "Garden tools": (("Trowel", "Secateurs", "Watering Can"), 27, 0, "spring"),
            "Pots": (("Clay Pot", "Planter", "Hanging Basket"), 16, 0, "spring"),
            "Soil & feed": (("Compost", "Plant Feed", "Bark Mulch"), 12, 45, "spring"),
            "Outdoor living": (("Garden Chair", "Parasol", "Fire Bowl"), 85, 0, "summer"),
        },
    ),
    "Kitchen": (
        ("Stahlwerk", "Ember", "Maison Cuivre", "Plainware"),
        {
            "Knives": (("Chef's Knife", "Bread Knife", "Paring Knife"), 49, 0, None),
            "Cookware": (("Frying Pan", "Saucepan", "Casserole"), 64, 0, None),
            "Storage": (("Storage Jar", "Lunch Box", "Bread Bin"), 17, 0, None),
            "Bakeware": (("Springform Tin", "Cookie Cutters", "Rolling Pin"), 20, 0, "winter"),
            "Appliances": (("Toaster", "Kettle", "Hand Mixer"), 79, 0, "winter"),
        },
    ),
    "Home": (
        ("Hej Home", "Loom & Line", "Oakfield", "Atelier Sud"),
        {
            "Bed linen": (("Duvet Cover", "Fitted Sheet", "Pillowcase"), 49, 0, None),
            "Towels": (("Bath Towel", "Hand Towel", "Bath Mat"), 22, 0, None),
            "Lighting": (("Table Lamp", "Floor Lamp", "String Lights"), 45, 0, "winter"),
            "Rugs": (("Wool Rug", "Runner", "Door Mat"), 69, 0, None),
            "Decoration": (("Vase", "Picture Frame", "Wreath"), 21, 0, "winter"),
        },
    ),
    "Sports": (
        ("Stride", "Gipfel", "Velo Nord", "Lotus Lane"),
        {
            "Running": (("Running Shoes", "Running Socks", "Head Torch"), 45, 0, "spring"),
            "Yoga": (("Yoga Mat", "Yoga Block", "Foam Roller"), 29, 0, None),
            "Cycling": (("Bike Light", "Cycling Gloves", "Bottle Cage"), 26, 0, "summer"),
            "Nutrition": (("Protein Powder", "Energy Bars", "Electrolytes"), 24, 28, None),
            "Hiking": (("Daypack", "Trekking Poles", "Rain Jacket"), 58, 0, "summer"),
        },
    ),
    "Stationery": (
        ("Papeterie Bleue", "Inkwell", "Blatt & Stift", "Margin"),
        {
            "Notebooks": (("Notebook", "Sketchbook", "Planner"), 12, 75, None),
            "Pens": (("Fountain Pen", "Gel Pens", "Pencil Set"), 9, 75, None),
            "Calendars": (("Wall Calendar", "Desk Calendar", "Advent Calendar"), 15, 0, "winter"),
            "Gift wrap": (("Gift Wrap", "Ribbon", "Greeting Cards"), 6, 0, "winter"),
            "Art supplies": (("Watercolours", "Acrylic Set", "Brush Set"), 19, 75, None),
        },
    ),
}
STYLES = (
    "Classic", "Organic", "Small-Batch", "Everyday", "Signature", "Pure",
    "Country", "Reserve", "Nordic", "Family", "Mini", "Grand",
)  # fmt: skip
FIRST_NAMES = (
    "Anna", "Ben", "Clara", "David", "Elif", "Felix", "Greta", "Hugo", "Ida", "Jonas",
    "Katja", "Lukas", "Maya", "Noah", "Olga", "Paul", "Quinn", "Rosa", "Samir", "Tina",
    "Uwe", "Vera", "Wanda", "Yusuf", "Zoe", "Amélie", "Bruno", "Chloé", "Daan", "Emma",
    "Fatima", "Gabriel", "Hannah", "Iris", "James", "Lotte", "Mia", "Nora", "Oscar", "Priya",
)  # fmt: skip
LAST_NAMES = (
    "Adler", "Bauer", "Costa", "Dubois", "Evans", "Fischer", "Garcia", "Huber", "Ito", "Jansen",
    "Keller", "Lang", "Moreau", "Nguyen", "Okafor", "Peters", "Quist", "Roth", "Schmidt", "Taylor",
    "Ullmann", "Vogel", "Weber", "Xu", "Yilmaz", "Ziegler", "Berger", "Cohen", "Diaz", "Engel",
    "Frank", "Gruber", "Hansen", "Kaya", "Lopez", "Meyer", "Novak", "Olsen", "Petit", "Rossi",
)  # fmt: skip
MAIL_DOMAINS = ("mail.example", "post.example", "inbox.example", "web.example", "home.example")
# Zone, country, currency, region, city, share of the customers.
PLACES = (
    ("Europe/Berlin", "DE", "EUR", "Berlin", "Berlin", 0.27),
    ("Europe/Berlin", "DE", "EUR", "Bavaria", "Munich", 0.18),
    ("Europe/Vienna", "AT", "EUR", "Vienna", "Vienna", 0.08),
    ("Europe/Paris", "FR", "EUR", "Île-de-France", "Paris", 0.14),
    ("Europe/Amsterdam", "NL", "EUR", "North Holland", "Amsterdam", 0.09),
    ("America/New_York", "US", "USD", "New York", "New York", 0.12),
    ("America/Chicago", "US", "USD", "Illinois", "Chicago", 0.06),
    ("America/Los_Angeles", "US", "USD", "California", "Los Angeles", 0.06),
)
# What people type who do not want to say; nobody's address.
PLACEHOLDERS = ("test@test.com", "n/a", "info@office.example", "noreply@shop.example")
CURRENCIES = ("EUR", "USD")
SOURCES = ("web", "app", "pos", "phone")
